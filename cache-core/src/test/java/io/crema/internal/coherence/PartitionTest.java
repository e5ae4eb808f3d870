package io.crema.internal.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.coherence.CoherenceRules.Resync;
import io.crema.internal.coherence.CoherenceRules.Sequence;
import org.junit.jupiter.api.Test;

class PartitionTest {

    private final Partition partition = new Partition(3, new CoherenceRules());

    /** Synchronised at clock 10, floor 5. */
    private long synchronised() {
        assertThat(partition.resynchronise(true, false, 10, 5)).isEqualTo(Resync.FIRST);
        return partition.generation();
    }

    @Test
    void newPartition_knowsNothing() {
        assertThat(partition.index()).isEqualTo(3);
        assertThat(partition.lastSeen()).isZero();
        assertThat(partition.floor()).isZero();
        assertThat(partition.floorKnown()).isFalse();
    }

    @Test
    void resynchronise_first_takesClockAndFloorAndMakesSuspect() {
        long before = partition.generation();

        long after = synchronised();

        assertThat(after).isGreaterThan(before);
        assertThat(partition.lastSeen()).isEqualTo(10);
        assertThat(partition.highest()).isEqualTo(10);
        assertThat(partition.floor()).isEqualTo(5);
        assertThat(partition.floorKnown()).isTrue();
    }

    @Test
    void wrote_aboveWhatWasMet_isOnlyNoted() {
        long generation = synchronised();

        partition.wrote(12, 10);

        assertThat(partition.generation()).isEqualTo(generation);
        assertThat(partition.highest()).isEqualTo(12);
        assertThat(partition.floorKnown()).isTrue();
    }

    @Test
    void wrote_clockWentBack_makesSuspect() {
        long generation = synchronised();

        partition.wrote(10, 10);

        assertThat(partition.generation()).isGreaterThan(generation);
        assertThat(partition.highest()).isEqualTo(10);
        assertThat(partition.lastSeen()).isEqualTo(10);
        assertThat(partition.floorKnown()).isFalse();
    }

    @Test
    void resynchronise_nothingMissed_keepsTheGeneration() {
        long generation = synchronised();

        assertThat(partition.resynchronise(false, true, 10, 5)).isEqualTo(Resync.KEPT);

        assertThat(partition.generation()).isEqualTo(generation);
        assertThat(partition.floorKnown()).isTrue();
    }

    @Test
    void resynchronise_advanced_makesSuspectAndGoesOnFromThere() {
        long generation = synchronised();

        assertThat(partition.resynchronise(false, true, 12, 5)).isEqualTo(Resync.ADVANCED);

        assertThat(partition.generation()).isGreaterThan(generation);
        assertThat(partition.advance(13, 1)).isEqualTo(Sequence.IN_ORDER);
    }

    @Test
    void resynchronise_historyChanged_makesSuspectAndForgetsTheFloorButNotTheStamps() {
        long generation = synchronised();

        assertThat(partition.resynchronise(false, true, 9, 99)).isEqualTo(Resync.HISTORY_CHANGED);

        assertThat(partition.generation()).isGreaterThan(generation);
        assertThat(partition.floorKnown()).isFalse();
        assertThat(partition.floor()).as("of another history").isEqualTo(5);
        assertThat(partition.lastSeen()).isEqualTo(10);
        assertThat(partition.highest()).isEqualTo(10);
    }

    @Test
    void resynchronise_firstAfterAChangedHistory_goesBackButRemembersTheHighest() {
        synchronised();
        partition.resynchronise(false, false, 7, 0);

        assertThat(partition.resynchronise(true, false, 7, 6)).isEqualTo(Resync.FIRST);

        assertThat(partition.lastSeen()).isEqualTo(7);
        assertThat(partition.highest()).isEqualTo(10);
        assertThat(partition.floor()).isEqualTo(6);
    }

    @Test
    void resynchronise_firstAfterAChangedHistory_takesOverALowerFloor() {
        synchronised();
        partition.raiseFloor(8);
        partition.resynchronise(false, false, 7, 0);

        partition.resynchronise(true, false, 7, 6);

        assertThat(partition.floor()).isEqualTo(6);
        partition.resynchronise(true, false, 7, 2);
        assertThat(partition.floor()).as("of the same history").isEqualTo(6);
    }

    @Test
    void historyChanged_untilItIsRepaired_isInDoubt() {
        synchronised();
        assertThat(partition.inDoubt()).isFalse();

        partition.resynchronise(false, false, 12, 5);
        assertThat(partition.inDoubt()).isTrue();
        partition.resynchronise(true, false, 12, 5);
        assertThat(partition.inDoubt()).isTrue();

        partition.repaired();
        assertThat(partition.inDoubt()).isFalse();
    }

    @Test
    void startEpoch_later_countsForTheHighestToo() {
        synchronised();

        partition.startEpoch(100);
        partition.startEpoch(90);

        assertThat(partition.epoch()).isEqualTo(100);
        assertThat(partition.highest()).isEqualTo(100);
        assertThat(partition.lastSeen()).isEqualTo(10);
    }

    @Test
    void confirm_earlier_doesNotGoBack() {
        partition.confirm(10);
        partition.confirm(9);

        assertThat(partition.confirmed()).isEqualTo(10);
    }

    @Test
    void advance_inOrder_keepsTheGeneration() {
        long generation = synchronised();

        assertThat(partition.advance(11, 1)).isEqualTo(Sequence.IN_ORDER);
        assertThat(partition.advance(14, 3)).isEqualTo(Sequence.IN_ORDER);

        assertThat(partition.generation()).isEqualTo(generation);
        assertThat(partition.lastSeen()).isEqualTo(14);
        assertThat(partition.highest()).isEqualTo(14);
        assertThat(partition.floorKnown()).isTrue();
    }

    @Test
    void advance_duplicate_changesNothing() {
        long generation = synchronised();

        assertThat(partition.advance(10, 1)).isEqualTo(Sequence.DUPLICATE);

        assertThat(partition.generation()).isEqualTo(generation);
        assertThat(partition.lastSeen()).isEqualTo(10);
        assertThat(partition.floorKnown()).isTrue();
    }

    @Test
    void advance_gap_makesSuspectAndGoesOnFromThere() {
        long generation = synchronised();

        assertThat(partition.advance(12, 1)).isEqualTo(Sequence.GAP);

        assertThat(partition.generation()).isGreaterThan(generation);
        assertThat(partition.floorKnown()).as("a clear may have been missed").isFalse();
        assertThat(partition.lastSeen()).isEqualTo(12);
    }

    @Test
    void advance_wentBack_makesSuspectAndKeepsWhatWasSeen() {
        long generation = synchronised();

        assertThat(partition.advance(9, 1)).isEqualTo(Sequence.WENT_BACK);

        assertThat(partition.generation()).isGreaterThan(generation);
        assertThat(partition.floorKnown()).isFalse();
        assertThat(partition.lastSeen())
                .as("the resynchronisation has to see it")
                .isEqualTo(10);
        assertThat(partition.resynchronise(false, true, 9, 5)).isEqualTo(Resync.HISTORY_CHANGED);
    }

    @Test
    void met_ofAReply_countsForTheHighestOnly() {
        long generation = synchronised();

        partition.met(20);
        partition.met(15);

        assertThat(partition.highest()).isEqualTo(20);
        assertThat(partition.lastSeen()).isEqualTo(10);
        assertThat(partition.generation()).isEqualTo(generation);
        assertThat(partition.advance(11, 1)).isEqualTo(Sequence.IN_ORDER);
        assertThat(partition.highest()).isEqualTo(20);
    }

    @Test
    void raiseFloor_higher_makesSuspectOnce() {
        long generation = synchronised();

        partition.raiseFloor(11);
        long raised = partition.generation();
        partition.raiseFloor(11);
        partition.raiseFloor(4);

        assertThat(raised).isGreaterThan(generation);
        assertThat(partition.generation()).isEqualTo(raised);
        assertThat(partition.floor()).isEqualTo(11);
        assertThat(partition.highest()).isEqualTo(11);
    }

    @Test
    void tick_ofAPartitionWithoutARemoteTier_countsUp() {
        assertThat(partition.tick()).isEqualTo(1);
        assertThat(partition.tick()).isEqualTo(2);
        assertThat(partition.lastSeen()).isEqualTo(2);
        assertThat(partition.highest()).isEqualTo(2);
    }

    @Test
    void nextGenerationOfAll_eachPartition_isSuspect() {
        Partitions partitions = new Partitions(4, new CoherenceRules());
        partitions.get(2).nextGeneration();

        partitions.nextGeneration();

        assertThat(partitions.all()).extracting(Partition::index).containsExactly(0, 1, 2, 3, 4);
        assertThat(partitions.all()).extracting(Partition::generation).containsExactly(2L, 2L, 3L, 2L, 2L);
    }
}
