package io.crema.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.testkit.ReadTier;
import org.junit.jupiter.api.Test;

class TierProbeTest {

    private static final City CITY = new City(1, "Vila", "AD", "Encamp", 42.5, 1.5, 0, 1);

    private final TierProbe probe = new TierProbe();

    @Test
    void tier_objectMadeAfterReadBegan_isWhoeverMadeIt() {
        probe.begin();

        assertThat(probe.tier(new Traced(CITY, ReadTier.ORIGIN, 101), 100)).isEqualTo(ReadTier.ORIGIN);
        assertThat(probe.tier(new Traced(CITY, ReadTier.L2, 100), 100)).isEqualTo(ReadTier.L2);
    }

    @Test
    void tier_olderObject_isMemory() {
        probe.begin();

        assertThat(probe.tier(new Traced(CITY, ReadTier.ORIGIN, 99), 100)).isEqualTo(ReadTier.L1);
    }

    @Test
    void tier_olderObjectConfirmedByTheSharedTier_isTheSharedTier() {
        probe.begin();
        probe.sharedTierAsked();
        Traced older = new Traced(CITY, ReadTier.ORIGIN, 99);

        assertThat(probe.tier(older, 100)).isEqualTo(ReadTier.L2);
        probe.begin();
        assertThat(probe.tier(older, 100)).isEqualTo(ReadTier.L1);
    }
}
