package io.crema.redis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.RemoteKey;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLayoutTest {

    private final KeyLayout layout = new KeyLayout("crema", "products", 4, 0);

    @Test
    void names_ofAPartition_areThese() {
        assertThat(layout.prefix(0)).isEqualTo("{crema:products:0:1}");
        assertThat(layout.prefix(1)).isEqualTo("{crema:products:1:3}");
        assertThat(layout.prefix(2)).isEqualTo("{crema:products:2:1}");
        assertThat(layout.prefix(3)).isEqualTo("{crema:products:3:3}");
        assertThat(layout.clock(0)).asString().isEqualTo("{crema:products:0:1}clk");
        assertThat(layout.floor(0)).asString().isEqualTo("{crema:products:0:1}floor");
        assertThat(layout.epoch(0)).asString().isEqualTo("{crema:products:0:1}epoch");
        assertThat(layout.channel(0)).asString().isEqualTo("inv:{crema:products:0:1}");
        assertThat(new KeyLayout("crema", "products", 4, 3).channel(0))
                .asString()
                .isEqualTo("inv:3:{crema:products:0:1}");
        assertThat(layout.entry(new RemoteKey(0, bytes("sA")))).asString().isEqualTo("{crema:products:0:1}k:sA");
        assertThat(layout.journal(0)).asString().isEqualTo("{crema:products:0:1}wb");
        assertThat(layout.owner(0)).asString().isEqualTo("{crema:products:0:1}wbo");
        assertThat(layout.deadLetters(0)).asString().isEqualTo("{crema:products:0:1}wbd");
        assertThat(layout.revivable(0)).asString().isEqualTo("{crema:products:0:1}wbk");
        assertThat(layout.members()).asString().isEqualTo("{crema:products:t:0}wbm");
        assertThat(KeyLayout.meta("crema", "products")).asString().isEqualTo("crema:products:meta");
        assertThat(KeyLayout.heartbeat("crema", "one")).asString().isEqualTo("crema::hb:one");
    }

    @Test
    void names_ofTheTags_areThese() {
        assertThat(layout.partitions()).isEqualTo(4);
        assertThat(layout.prefix(4)).isEqualTo("{crema:products:t:0}");
        assertThat(layout.clock(4)).asString().isEqualTo("{crema:products:t:0}clk");
        assertThat(layout.channel(4)).asString().isEqualTo("inv:{crema:products:t:0}");
        assertThat(layout.entry(new RemoteKey(4, bytes("red")))).asString().isEqualTo("{crema:products:t:0}k:red");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 100, 256})
    void prefix_anyNumberOfPartitions_oneInEachRangeOfSlots(int partitions) {
        KeyLayout many = new KeyLayout("shop:eu", "a cache/ü", partitions, 0);
        for (int p = 0; p < partitions; p++) {
            int slot = SlotHash.getSlot(many.clock(p));
            assertThat(slot * partitions / 16384).isBetween(p - 1, p);
            assertThat(slot).isBetween(p * 16384 / partitions, (p + 1) * 16384 / partitions - 1);
            assertThat(SlotHash.getSlot(many.channel(p))).isEqualTo(slot);
            assertThat(SlotHash.getSlot(many.entry(new RemoteKey(p, bytes("a{b}c")))))
                    .isEqualTo(slot);
        }
    }

    @Test
    void partitionOf_keys_isStableAndSpread() {
        assertThat(layout.partitionOf(bytes("s1"))).isEqualTo(3);
        assertThat(layout.partitionOf(bytes("s2"))).isEqualTo(1);
        int[] counts = new int[4];
        for (int i = 0; i < 4000; i++) {
            counts[layout.partitionOf(bytes("s" + i))]++;
        }
        assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(850);
    }

    @Test
    void entry_keyTooLong_isRefused() {
        assertThat(layout.entry(new RemoteKey(0, new byte[65_000]))).hasSize(65_000 + 22);
        assertThatThrownBy(() -> layout.entry(new RemoteKey(0, new byte[65_001])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65001 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a{b", "a}b", "{}"})
    void requireName_emptyOrBraces_isRefused(String name) {
        assertThatThrownBy(() -> KeyLayout.requireName("namespace", name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("namespace")
                .hasMessageContaining("\"" + name + "\"");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
