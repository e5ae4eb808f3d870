package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Tier;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A cache whose partitions lie at two primaries: what befalls one of them is no matter of the other's. */
@ParameterizedClass
@EnumSource(Style.class)
class SeveralPrimariesTest {

    private static final Duration LONGER_THAN_THE_BOUND = Duration.ofSeconds(3);

    private final Fleet fleet = new Fleet(4, 2);
    private final Caller<String> a;
    private final Caller<String> b;

    /** Keys of a partition at each primary, written before the time that a failover is repaired for. */
    private final String first;

    private final String second;

    SeveralPrimariesTest(Style style) {
        a = style.caller(fleet.node());
        b = style.caller(fleet.node());
        first = keyIn(0);
        second = keyIn(1);
        b.put(first, "v1").await();
        b.put(second, "v1").await();
        fleet.pass(Duration.ofSeconds(40));
        assertThat(a.read(first)).isEqualTo("v1");
        assertThat(a.read(second)).isEqualTo("v1");
    }

    /** Each write advances the clock of its key's partition. */
    private String keyIn(int partition) {
        for (int i = 0; ; i++) {
            String key = "key-" + i;
            long before = fleet.server.clock("texts", partition);
            b.put(key, "").await();
            if (fleet.server.clock("texts", partition) > before) {
                return key;
            }
        }
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void quiet_allStaysNear() {
        fleet.pass(LONGER_THAN_THE_BOUND);
        int reads = a.reads();

        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
        assertThat(a.tier(second)).isEqualTo(Tier.NEAR);
        assertThat(a.reads()).isEqualTo(reads);
    }

    @Test
    void r41_oneConnectionIsLost_onlyItsPartitionsLoseTheLease() {
        a.remote().disconnect(1);
        b.put(second, "v2").await();
        fleet.pass(LONGER_THAN_THE_BOUND);

        int reads = a.reads();
        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
        assertThat(a.cache().getAllPresent(List.of(first))).containsEntry(first, "v1");
        assertThat(a.reads()).as("of the partition that has a lease").isEqualTo(reads);
        assertThat(a.read(second)).isEqualTo("v2");
        b.put(first, "v2").await();
        assertThat(a.read(first)).isEqualTo("v2");
        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
    }

    @Test
    void r42_oneConnectionDoesNotAnswer_theOtherPartitionsAreServed() {
        a.remote().disconnect(1);
        a.remote().hang(Operation.SUBSCRIBE);
        a.remote().reconnect(1);
        fleet.pass(LONGER_THAN_THE_BOUND);
        b.put(second, "v2").await();
        fleet.pass(LONGER_THAN_THE_BOUND);

        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
        assertThat(a.read(second)).isEqualTo("v2");
    }

    @Test
    void r42_lostConnectionIsBackAndNothingWasMissed_allIsNearAgain() {
        a.remote().disconnect(1);
        fleet.pass(LONGER_THAN_THE_BOUND);
        a.remote().reconnect(1);
        int reads = a.reads();

        assertThat(a.tier(second)).isEqualTo(Tier.NEAR);
        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
        assertThat(a.reads()).isEqualTo(reads);
    }

    @Test
    void r41_writeWhileOneConnectionIsLost_isSeenOnceItIsBack() {
        a.remote().disconnect(1);
        b.put(second, "v2").await();
        assertThat(a.read(second)).as("within the bound").isEqualTo("v1");

        a.remote().reconnect(1);

        assertThat(a.read(second)).isEqualTo("v2");
    }

    @Test
    void r43_lostMessageOfOnePartition_makesNoOtherSuspect() {
        a.remote().dropMessages(1);
        b.put(second, "v2").await();
        b.put(second, "v3").await();
        int reads = a.reads();

        assertThat(a.read(first)).isEqualTo("v1");
        assertThat(a.reads()).isEqualTo(reads);
        assertThat(a.read(second)).isEqualTo("v3");
    }

    @Test
    void r44_failoverOfOne_onlyItsPartitionsAreRepaired() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.put(second, "v2").await();
        int reads = a.reads();

        fleet.server.failover(1, earlier);

        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
        assertThat(a.reads()).isEqualTo(reads);
        assertThat(a.read(second)).isNull();
        assertThat(a.remote().executed(Operation.REPAIR))
                .as("partitions 1 and 3")
                .isEqualTo(2);
    }

    @Test
    void r47_oneRestartsEmpty_theOtherKeepsWhatItHas() {
        fleet.server.restartEmpty(1);

        assertThat(a.read(second)).isNull();
        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
        assertThat(fleet.server.floor("texts", 0)).isZero();
        assertThat(fleet.server.floor("texts", 1)).isPositive();
        assertThat(a.load(second, "v2")).isEqualTo("v2");
        assertThat(b.read(second)).isEqualTo("v2");
    }

    @Test
    void r48_partitionMoves_staysBoundedAndKeepsItsRecords() {
        fleet.server.movePartition("texts", 1, 0);

        assertThat(a.read(second)).isEqualTo("v1");
        fleet.pass(LONGER_THAN_THE_BOUND);
        assertThat(a.tier(second)).isEqualTo(Tier.NEAR);
        b.put(second, "v2").await();
        assertThat(a.read(second)).isEqualTo("v2");
        assertThat(fleet.server.floor("texts", 1)).as("not cleared").isZero();
    }

    @Test
    void r48_writeBetweenTheMoveAndTheSubscription_isSeen() {
        a.remote().fail(Operation.SUBSCRIBE);
        fleet.server.movePartition("texts", 1, 0);
        b.put(second, "v2").await();
        assertThat(a.read(second)).as("within the bound").isEqualTo("v1");
        fleet.pass(LONGER_THAN_THE_BOUND);
        assertThat(a.read(second)).isEqualTo("v2");
        b.put(second, "v3").await();

        a.remote().recover();
        fleet.pass(Duration.ofMillis(600));

        assertThat(a.read(second)).isEqualTo("v3");
        fleet.pass(LONGER_THAN_THE_BOUND);
        assertThat(a.tier(second)).isEqualTo(Tier.NEAR);
        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
    }

    @Test
    void r48_partitionMovesThereAndBack_isServed() {
        fleet.server.movePartition("texts", 1, 0);
        fleet.server.movePartition("texts", 1, 1);

        b.put(second, "v2").await();
        assertThat(a.read(second)).isEqualTo("v2");
        fleet.pass(LONGER_THAN_THE_BOUND);
        assertThat(a.tier(second)).isEqualTo(Tier.NEAR);
    }

    @Test
    void r48_partitionMovesToWhereTheConnectionIsLost_othersAreServed() {
        a.remote().disconnect(0);
        fleet.server.movePartition("texts", 1, 0);
        b.put(second, "v2").await();
        fleet.pass(LONGER_THAN_THE_BOUND);
        assertThat(a.read(second)).isEqualTo("v2");

        a.remote().reconnect(0);

        assertThat(a.read(second)).isEqualTo("v2");
        fleet.pass(LONGER_THAN_THE_BOUND);
        assertThat(a.tier(second)).isEqualTo(Tier.NEAR);
        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
    }

    @Test
    void r44_tagPartitionsPrimaryIsLost_keysAtTheOtherAreServed() {
        // The tags lie at primary 0.
        a.remote().disconnect(0);
        fleet.pass(LONGER_THAN_THE_BOUND);

        assertThat(a.tier(second)).isEqualTo(Tier.NEAR);
    }

    @Test
    void r43_relayedMessageIsLostAndSilence_noLeaseIsRenewedOverIt() {
        relay();
        a.remote().dropMessages(1);
        b.put(second, "v2").await();
        int compared = a.remote().executed(Operation.POSITION);

        fleet.pass(Duration.ofMillis(2_100));

        assertThat(a.read(second)).isEqualTo("v2");
        assertThat(a.remote().executed(Operation.POSITION)).isGreaterThan(compared);
        assertThat(a.cache().stats().gaps()).isPositive();
        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
    }

    @Test
    void relayed_quiet_allStaysNear() {
        relay();
        fleet.pass(Duration.ofSeconds(10));
        int reads = a.reads();

        assertThat(a.tier(first)).isEqualTo(Tier.NEAR);
        assertThat(a.tier(second)).isEqualTo(Tier.NEAR);
        assertThat(a.reads()).isEqualTo(reads);
    }

    /** The connections say so from the next heartbeat on. */
    private void relay() {
        fleet.server.relayMessages();
        fleet.pass(Duration.ofSeconds(1));
    }
}
