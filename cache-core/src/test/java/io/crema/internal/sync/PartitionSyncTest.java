package io.crema.internal.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.CoherenceRules.Sequence;
import io.crema.internal.coherence.Partition;
import io.crema.internal.sync.PartitionSync.Outcome;
import io.crema.spi.BusConnection;
import io.crema.spi.BusPosition;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionSyncTest {

    private static final String HISTORY = "h1";
    private static final String OTHER = "h2";

    private final CoherenceRules rules = new CoherenceRules();
    private final Partition partition = new Partition(0, rules);
    private final PartitionSync sync = new PartitionSync(partition, rules);
    private final Link one = link(0);
    private final Link two = link(0);

    private static Link link(long lostMillis) {
        return new Link(new Connection(lostMillis));
    }

    private static BusPosition at(String history, long clock) {
        return new BusPosition(history, Map.of(0, new BusPosition.At(clock, 0)));
    }

    private Outcome compare(Link on, String history, long clock) {
        assertThat(sync.beginsCompare(on)).isTrue();
        return sync.compare(on, at(history, clock)).outcome();
    }

    private Outcome join(Link to, String history, long clock) {
        assertThat(sync.join(to)).isTrue();
        sync.subscribed(to);
        return compare(to, history, clock);
    }

    private void synchroniseOn(Link to) {
        assertThat(join(to, HISTORY, 10)).isEqualTo(Outcome.SYNCHRONISED);
    }

    @Test
    void join_whileAnotherConnectionCarriesIt_isRefused() {
        synchroniseOn(one);

        assertThat(sync.join(two)).isFalse();
        assertThat(sync.isOn(one.connection)).isTrue();
    }

    @Test
    void join_aLostConnection_isRefused() {
        one.lost();

        assertThat(sync.join(one)).isFalse();
        assertThat(sync.hasNoLink()).isTrue();
    }

    @Test
    void leave_ofAConnectionThatDoesNotCarryIt_changesNothing() {
        synchroniseOn(one);

        sync.leave(two);

        assertThat(sync.confirm(one, HISTORY, 5)).isTrue();
    }

    @Test
    void beginsCompare_beforeTheSubscription_orTwice_isRefused() {
        assertThat(sync.join(one)).isTrue();
        assertThat(sync.beginsCompare(one)).isFalse();
        sync.subscribed(one);

        assertThat(sync.beginsCompare(one)).isTrue();
        assertThat(sync.beginsCompare(one)).isFalse();
        assertThat(sync.beginsCompare(two)).isFalse();
    }

    @Test
    void compare_answerOfAConnectionThatWasLeft_saysNothing() {
        assertThat(sync.join(one)).isTrue();
        sync.subscribed(one);
        assertThat(sync.beginsCompare(one)).isTrue();
        sync.leave(one);
        assertThat(sync.join(two)).isTrue();
        sync.subscribed(two);

        assertThat(sync.compare(one, at(HISTORY, 10)).outcome()).isEqualTo(Outcome.OVERTAKEN);
        assertThat(partition.lastSeen()).isZero();
    }

    @Test
    void advance_messageOfAnotherConnection_saysNothingOfTheSequence() {
        synchroniseOn(one);

        assertThat(sync.advance(two.connection, 11, 1)).isEqualTo(Sequence.DUPLICATE);
        assertThat(partition.lastSeen()).isEqualTo(10);
        assertThat(sync.advance(one.connection, 12, 1)).as("11 is missing").isEqualTo(Sequence.GAP);
    }

    @Test
    void confirm_byAnotherConnectionOrHistory_isRefused() {
        synchroniseOn(one);

        assertThat(sync.confirm(two, HISTORY, 5)).isFalse();
        assertThat(sync.confirm(one, OTHER, 5)).isFalse();

        assertThat(sync.isSuspect(one)).isTrue();
        assertThat(sync.confirm(one, HISTORY, 5)).as("until it is compared").isFalse();
        assertThat(partition.confirmed()).isLessThan(5);
        assertThat(compare(one, HISTORY, 10)).isEqualTo(Outcome.SYNCHRONISED);
        assertThat(sync.confirm(one, HISTORY, 5)).isTrue();
        assertThat(partition.confirmed()).isEqualTo(5);
    }

    @Test
    void confirm_beforeItIsSynchronised_isRefused() {
        assertThat(sync.join(one)).isTrue();
        sync.subscribed(one);

        assertThat(sync.confirm(one, HISTORY, 5)).isFalse();
    }

    @Test
    void wentBack_isNotConfirmedUntilItIsRepaired() {
        synchroniseOn(one);

        assertThat(sync.advance(one.connection, 9, 1)).isEqualTo(Sequence.WENT_BACK);
        assertThat(sync.confirm(one, HISTORY, 5)).isFalse();
        assertThat(compare(one, HISTORY, 9)).isEqualTo(Outcome.TO_REPAIR);

        assertThat(partition.inDoubt()).isTrue();
        assertThat(sync.replayCovers(true)).as("no failover does that").isFalse();
        assertThat(sync.whyNot()).contains("went back");
        assertThat(sync.repaired(one)).isTrue();
        assertThat(compare(one, HISTORY, 20)).isEqualTo(Outcome.SYNCHRONISED);
        assertThat(partition.inDoubt()).isFalse();
    }

    @Test
    void otherHistoryOnANewConnection_littleLost_isReplayed() {
        synchroniseOn(one);
        sync.leave(one);
        one.lost();

        assertThat(join(link(30_000), OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);

        assertThat(sync.replayCovers(true)).isTrue();
        assertThat(sync.replayCovers(false)).isFalse();
        assertThat(sync.whyNot()).contains("too many keys");
    }

    @Test
    void otherHistoryOnANewConnection_muchLost_isNotReplayed() {
        synchroniseOn(one);
        sync.leave(one);
        one.lost();

        assertThat(join(link(30_001), OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);

        assertThat(sync.replayCovers(true)).isFalse();
        assertThat(sync.whyNot()).contains("30001 ms");
    }

    @Test
    void otherHistoryWhileTheConnectionLives_itsMeasureIsOfTheFormer() {
        synchroniseOn(one);

        assertThat(compare(one, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);

        assertThat(sync.replayCovers(true)).isFalse();
        assertThat(sync.whyNot()).contains("not known");
    }

    @Test
    void repairFails_nextConnectionMeasuresLess_theMostCounts() {
        synchroniseOn(one);
        sync.leave(one);
        one.lost();
        Link first = link(40_000);
        assertThat(join(first, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
        sync.repairFailed(first);
        first.lost();

        Link second = link(0);
        assertThat(join(second, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
        assertThat(sync.replayCovers(true)).isFalse();

        assertThat(sync.repaired(second)).isTrue();
        assertThat(compare(second, OTHER, 20)).isEqualTo(Outcome.SYNCHRONISED);
        sync.leave(second);
        second.lost();
        assertThat(join(link(0), HISTORY, 30)).isEqualTo(Outcome.TO_REPAIR);
        assertThat(sync.replayCovers(true))
                .as("what was repaired does not count again")
                .isTrue();
    }

    @Test
    void movedFromAConnectionThatLives_toWhereThisInstanceNeverWas_isReplayed() {
        synchroniseOn(one);
        sync.leave(one);
        Link unknown = link(Long.MAX_VALUE);

        assertThat(join(unknown, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
        assertThat(sync.replayCovers(true)).isTrue();
        sync.repairFailed(unknown);
        assertThat(join(unknown, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
        assertThat(sync.replayCovers(true)).isTrue();
    }

    @Test
    void movedFromAConnectionThatIsLost_toWhereThisInstanceNeverWas_isNotReplayed() {
        synchroniseOn(one);
        sync.leave(one);
        one.lost();

        assertThat(join(link(Long.MAX_VALUE), OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
        assertThat(sync.replayCovers(true)).isFalse();
    }

    /** The third server has the new clock, but may lack what was made again under it. */
    @Test
    void replacedAgainBeforeTheClockWasComparedAfterTheRepair_isToBeRepairedAgain() {
        synchroniseOn(one);
        sync.leave(one);
        one.lost();
        Link second = link(0);
        assertThat(join(second, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
        partition.startEpoch(100);
        assertThat(sync.repaired(second)).isTrue();
        sync.leave(second);
        second.lost();

        Link third = link(0);
        assertThat(join(third, "h3", 105)).isEqualTo(Outcome.TO_REPAIR);
        assertThat(partition.inDoubt()).isTrue();

        assertThat(sync.repaired(third)).isTrue();
        assertThat(compare(third, "h3", 110)).isEqualTo(Outcome.SYNCHRONISED);
    }

    @Test
    void repairedByAServerThatWasReplaced_clockIsBelowTheEpoch_isToBeRepaired() {
        synchroniseOn(one);
        assertThat(compare(one, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
        partition.startEpoch(100);
        assertThat(sync.repaired(one)).isTrue();

        assertThat(compare(one, OTHER, 99)).isEqualTo(Outcome.TO_REPAIR);
        assertThat(partition.inDoubt()).isTrue();

        assertThat(sync.repaired(one)).isTrue();
        assertThat(compare(one, OTHER, 100)).isEqualTo(Outcome.SYNCHRONISED);
    }

    @Test
    void repaired_ofAConnectionThatWasLeft_changesNothing() {
        synchroniseOn(one);
        assertThat(compare(one, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
        sync.leave(one);

        assertThat(sync.repaired(one)).isFalse();
        assertThat(join(two, OTHER, 10)).isEqualTo(Outcome.TO_REPAIR);
    }

    @Test
    void confirmRelayed_clockIsWhatWasSeen_confirms() {
        synchroniseOn(one);

        assertThat(sync.confirmRelayed(one, at(HISTORY, 10), 5)).isFalse();

        assertThat(partition.confirmed()).isEqualTo(5);
    }

    @Test
    void confirmRelayed_messageIsLate_confirmsNothingAndWaitsForTheNextBeat() {
        synchroniseOn(one);

        assertThat(sync.confirmRelayed(one, at(HISTORY, 11), 5)).isFalse();
        assertThat(partition.confirmed()).isLessThan(5);
        assertThat(sync.advance(one.connection, 11, 1)).isEqualTo(Sequence.IN_ORDER);
        assertThat(sync.confirmRelayed(one, at(HISTORY, 12), 6)).isFalse();
        assertThat(partition.confirmed()).isLessThan(5);
        assertThat(sync.advance(one.connection, 12, 1)).isEqualTo(Sequence.IN_ORDER);
        assertThat(sync.confirmRelayed(one, at(HISTORY, 12), 7)).isFalse();
        assertThat(partition.confirmed()).isEqualTo(7);
    }

    @Test
    void confirmRelayed_messageDoesNotCome_isCompared() {
        synchroniseOn(one);
        assertThat(sync.confirmRelayed(one, at(HISTORY, 11), 5)).isFalse();

        assertThat(sync.confirmRelayed(one, at(HISTORY, 11), 6)).isTrue();

        assertThat(partition.confirmed()).isLessThan(5);
        long generation = partition.generation();
        assertThat(compare(one, HISTORY, 11)).isEqualTo(Outcome.STILL_SYNCHRONISED);
        assertThat(partition.generation()).isGreaterThan(generation);
    }

    @Test
    void confirmRelayed_clockWentBackOrHistoryIsAnother_confirmsNothing() {
        synchroniseOn(one);

        assertThat(sync.confirmRelayed(one, at(HISTORY, 9), 5)).isTrue();
        assertThat(sync.confirmRelayed(one, at(OTHER, 10), 5)).isFalse();

        assertThat(sync.isSuspect(one)).isTrue();
        assertThat(partition.confirmed()).isLessThan(5);
    }

    /** Its requests are never answered. */
    private record Connection(long lostMillis) implements BusConnection {

        @Override
        public boolean isRelayed() {
            return false;
        }

        @Override
        public Set<Integer> carries(String cache) {
            return Set.of(0);
        }

        @Override
        public void subscribe(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {}

        @Override
        public void position(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {}

        @Override
        public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {}

        @Override
        public void reset() {}

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
