package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.CacheTerms;
import io.crema.spi.Opening;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteTier;
import io.crema.spi.Repair;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RemoteTier} and every {@link RemoteCache} that it opens keep, whether it stores values or not: terms,
 * the clocks of partitions, repairs, tags. A test of a tier that stores none extends it; one that does has it by
 * {@link RemoteTierContract}, which says how.
 */
public abstract class RemoteClockContract extends RemoteTagContract {

    /** More than any clock will reach by itself in a test. */
    private static final long FAR = 1_000_000_000_000L;

    private static final int PARTITION = 0;

    @Test
    void open_sameTerms_allAgree() {
        assertThat(b.name()).isEqualTo(a.name()).isEqualTo(name);
        assertThat(b.partitions()).isEqualTo(a.partitions()).isPositive();
        for (int i = 0; i < 100; i++) {
            RemoteKey key = newKey();
            assertThat(b.partitionOf(key.bytes())).isEqualTo(key.partition()).isBetween(0, b.partitions() - 1);
        }
    }

    @Test
    void open_otherKeyFormat_isRefusedWithBothNamed() {
        Opening opening = open(tierB, new CacheTerms(name, "contract-2"));

        assertThat(opening).isInstanceOf(Opening.Refused.class);
        assertThat(((Opening.Refused) opening).reason()).contains(name, FORMAT, "contract-2");
    }

    @Test
    void open_otherPartitionsWanted_adoptsThoseThere() {
        RemoteCache adopted = openCache(closed(connectWithOtherPartitions()), name);

        assertThat(adopted.partitions()).isEqualTo(a.partitions());
        RemoteKey key = newKey();
        assertThat(adopted.partitionOf(key.bytes())).isEqualTo(key.partition());
    }

    @Test
    void open_newCache_hasOneMorePartitionForItsTags() {
        assertThat(a.tagPartition()).isEqualTo(a.partitions());
    }

    @Test
    void invalidate_absentKey_advancesTheClock() {
        RemoteKey key = newKey();
        long first = await(a.invalidate(key.partition(), List.of(key), 0, 0)).stamp();

        assertThat(await(b.invalidate(key.partition(), List.of(key), 0, 0)).stamp())
                .isEqualTo(first + 1);
    }

    @Test
    void toString_tier_namesIt() {
        assertThat(tierA.toString()).isNotBlank();
    }

    @Test
    void close_twice_failsItsOwnCommandsOnly() {
        RemoteTier third = closed(connect());
        RemoteCache c = openCache(third, name);

        third.close();
        third.close();

        assertThatThrownBy(() -> await(c.clear(PARTITION, 0))).isNotNull();
        await(b.clear(PARTITION, 0));
    }

    @Test
    void writes_each_advanceTheClockByTheirKeys() {
        RemoteKey key = newKeyIn(PARTITION);
        List<RemoteKey> three = List.of(newKeyIn(PARTITION), newKeyIn(PARTITION), newKeyIn(PARTITION));
        long before = await(a.clear(PARTITION, 0));

        long put = stored(b.put(key, value("v"), 0, 0)).stamp();
        long invalidated = await(a.invalidate(PARTITION, three, 0, 0)).stamp();
        long expired = await(b.expire(PARTITION, three, 0, 0)).stamp();
        long cleared = await(a.clear(PARTITION, 0));

        assertThat(List.of(put, invalidated, expired, cleared))
                .containsExactly(before + 1, before + 4, before + 7, before + 8);
    }

    @Test
    void invalidateAndExpire_keysThatAreNotThere_sayThatNothingWas() {
        List<RemoteKey> keys = List.of(newKeyIn(PARTITION), newKeyIn(PARTITION));

        assertThat(await(a.invalidate(PARTITION, keys, 0, 0)).removed()).containsExactly(false, false);
        assertThat(await(a.expire(PARTITION, keys, 0, 0)).removed()).containsExactly(false, false);
    }

    @Test
    void writes_clockLost_setItAboveWhatTheCallerSaw() {
        RemoteKey key = newKeyIn(PARTITION);
        long seen = await(a.clear(PARTITION, 0));
        loseClock(name, PARTITION);
        long expired = await(a.expire(PARTITION, List.of(key), 0, seen + FAR)).stamp();
        loseClock(name, PARTITION);
        long invalidated =
                await(b.invalidate(PARTITION, List.of(key), 0, expired + FAR)).stamp();

        assertThat(expired).isGreaterThan(seen + FAR);
        assertThat(invalidated).isGreaterThan(expired + FAR);
    }

    @Test
    void repair_firstOfAHistory_movesTheClockFarOnceForAll() {
        long before = await(a.clear(PARTITION, 0));
        String history = history(PARTITION);

        long moved = await(a.repair(PARTITION, history, Repair.KEEP, before));

        assertThat(moved).isGreaterThan(before + 1000);
        assertThat(await(b.repair(PARTITION, history, Repair.KEEP, before))).isEqualTo(moved);
        assertThat(await(b.clear(PARTITION, 0))).isEqualTo(moved + 1);
        assertThat(await(a.repair(PARTITION, history, Repair.KEEP, before))).isEqualTo(moved);
    }

    @Test
    void repair_onePartition_leavesTheOthers() {
        long before = await(a.clear(a.tagPartition(), 0));

        await(a.repair(PARTITION, history(PARTITION), Repair.CLEAR, 0));

        assertThat(await(b.clear(a.tagPartition(), 0))).isEqualTo(before + 1);
    }

    @Test
    void repair_anotherHistory_movesTheClockAgain() {
        long first = await(a.repair(PARTITION, history(PARTITION), Repair.KEEP, 0));
        changeHistory();

        assertThat(await(a.repair(PARTITION, history(PARTITION), Repair.KEEP, 0)))
                .isGreaterThan(first + 1000);
    }

    @Test
    void repair_clockBelowWhatTheCallerSaw_movesItAgainInOneHistory() {
        String history = history(PARTITION);
        long seen = await(a.repair(PARTITION, history, Repair.KEEP, 0)) + FAR;

        assertThat(await(b.repair(PARTITION, history, Repair.KEEP, seen))).isGreaterThan(seen);
        assertThat(await(b.clear(PARTITION, 0))).isGreaterThan(seen);
    }
}
