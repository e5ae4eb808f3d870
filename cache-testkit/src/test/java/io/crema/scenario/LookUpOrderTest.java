package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.TieredCache;
import io.crema.scenario.Fleet.Node;
import io.crema.spi.KeyCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens between the steps of a look at the near tier: lease, then entry, then generation. */
@ParameterizedClass
@EnumSource(Style.class)
class LookUpOrderTest {

    private final Fleet fleet = new Fleet(1);
    private final Caller<TrapKey> a;
    private final Caller<TrapKey> b;

    LookUpOrderTest(Style style) {
        a = caller(style);
        b = caller(style);
        // The first write of a partition starts its clock, which looks like a gap.
        b.put(new TrapKey("first"), "").await();
        b.put(new TrapKey("k"), "v1").await();
        assertThat(a.read(new TrapKey("k"))).isEqualTo("v1");
    }

    private Caller<TrapKey> caller(Style style) {
        Node node = fleet.bare();
        TieredCache<TrapKey, String> cache = node.crema()
                .<TrapKey, String>cache("traps")
                .codec(new TextCodec())
                .keyCodec(new TrapKeyCodec())
                .staleness(Duration.ofMillis(1_250))
                .build();
        return new Caller<>(style, node, cache);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void r05_evictionAndRenewalBetweenLookUpAndLeaseCheck_theEntryIsNotServed() {
        a.remote().holdDelivery();
        b.put(new TrapKey("k"), "v2").await();
        fleet.pass(Duration.ofMillis(1_010));

        String value = a.read(new TrapKey("k", a.remote()::releaseDelivery));

        assertThat(value).as("the lease was over before the look-up").isEqualTo("v2");
    }

    @Test
    void gapBetweenLookUpAndGenerationCheck_theEntryIsNotServed() {
        a.remote().dropMessages(1);
        b.put(new TrapKey("k"), "v2").await();

        String value =
                a.read(new TrapKey("k", () -> b.put(new TrapKey("other"), "").await()));

        assertThat(value)
                .as("what was missed is known before the entry is served")
                .isEqualTo("v2");
    }

    /** A key that does something, once, when it is compared with the one in the map. */
    private static final class TrapKey {

        private final String text;
        private @Nullable Runnable trap;

        TrapKey(String text) {
            this.text = text;
        }

        TrapKey(String text, Runnable trap) {
            this.text = text;
            this.trap = trap;
        }

        @Override
        public boolean equals(Object other) {
            Runnable sprung = trap;
            trap = null;
            if (sprung != null) {
                sprung.run();
            }
            return other instanceof TrapKey key && key.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    private static final class TrapKeyCodec implements KeyCodec<TrapKey> {

        @Override
        public String format() {
            return "traps";
        }

        @Override
        public byte[] encode(TrapKey key) {
            return key.text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public TrapKey decode(byte[] bytes) {
            return new TrapKey(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
