package io.crema.redis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheMetaTest {

    private final CacheMeta meta = new CacheMeta("shop", "products", 16, "standard-1");

    @Test
    void encode_terms_areTheseBytes() {
        assertThat(meta.encode())
                .asString()
                .isEqualTo("wire=1\npartitions=16\nkeys=standard-1\nnamespace=shop\ncache=products\n");
    }

    @Test
    void refusal_otherNumberOfPartitions_isAdopted() {
        byte[] found = new CacheMeta("shop", "products", 4, "standard-1").encode();
        assertThat(meta.refusal(found)).isNull();
        assertThat(CacheMeta.partitionsIn(found)).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "wire=1, wire=2, wire version",
        "keys=standard-1, keys=enum-1:a.B, key format",
        "namespace=shop, namespace=shop:products, namespace",
        "cache=products, cache=x, cache",
        "partitions=16, partitions=0, partitions",
        "partitions=16, partitions=257, partitions",
        "partitions=16, partitions=many, partitions"
    })
    void refusal_otherTerm_saysWhatDiffers(String own, String other, String what) {
        String found = new String(meta.encode(), StandardCharsets.UTF_8).replace(own + "\n", other + "\n");
        assertThat(meta.refusal(found.getBytes(StandardCharsets.UTF_8)))
                .contains("products")
                .contains(what)
                .contains(other.substring(other.indexOf('=') + 1));
    }

    @Test
    void refusal_somethingElse_isRefused() {
        assertThat(meta.refusal(new byte[] {1, 2, 3})).contains("found nothing");
    }

    @Test
    void new_keyFormatOfTwoLines_isRefused() {
        assertThatThrownBy(() -> new CacheMeta("shop", "products", 16, "a\nb"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
