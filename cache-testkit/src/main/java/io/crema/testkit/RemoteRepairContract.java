package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.LeaseMode;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.Repair;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of {@link RemoteTierContract} on floors, repairs and lost clocks: what becomes of records. */
abstract class RemoteRepairContract extends RemoteLeaseContract {

    /** More than any clock will reach by itself in a test. */
    private static final long FAR = 1_000_000_000_000L;

    @Test
    void clear_partition_raisesItsFloorAboveAllThatWasThere() {
        RemoteKey key = newKey();
        long stamp = stored(a.put(key, value("old"), 0, 0)).stamp();

        long floor = await(b.clear(key.partition(), 0));

        assertThat(floor).isEqualTo(stamp + 1);
        RemoteRecord found = await(a.read(key, ReadMode.VALUE_AND_FLOOR));
        assertThat(found.floor()).isEqualTo(floor);
        assertThat(found.stamp()).isLessThan(floor);
        assertThat(stored(a.put(key, value("new"), 0, 0)).stamp()).isGreaterThan(floor);
    }

    @Test
    void clear_partition_leavesTheOthers() {
        RemoteKey key = newKey();
        long stamp = stored(a.put(key, value("kept"), 0, 0)).stamp();
        for (int partition = 0; partition < a.partitions(); partition++) {
            if (partition != key.partition()) {
                await(a.clear(partition, 0));
            }
        }

        assertThat(await(b.read(key, ReadMode.VALUE_AND_FLOOR)).floor()).isLessThanOrEqualTo(stamp);
    }

    @Test
    void repair_historyOfOneChange_isDoneOnce() {
        RemoteKey key = newKey();
        String history = history(key.partition());
        long seen = stored(a.put(key, value("before"), 0, 0)).stamp();

        await(a.repair(key.partition(), history, Repair.CLEAR, seen));
        RemoteRecord before = await(b.read(key, ReadMode.VALUE_AND_FLOOR));
        long stamp = stored(a.put(key, value("after"), 0, 0)).stamp();
        await(b.repair(key.partition(), history, Repair.CLEAR, seen));

        assertThat(before.stamp()).isLessThan(before.floor());
        assertThat(stamp).isGreaterThan(seen);
        assertThat(await(b.read(key, ReadMode.VALUE_AND_FLOOR)).floor()).isEqualTo(before.floor());
    }

    @Test
    void repair_anotherHistory_clearsAgain() {
        RemoteKey key = newKey();
        String history = history(key.partition());
        await(a.repair(key.partition(), history, Repair.CLEAR, 0));
        long stamp = stored(a.put(key, value("between"), 0, 0)).stamp();

        changeHistory();
        await(b.repair(key.partition(), history(key.partition()), Repair.CLEAR, 0));

        assertThat(await(b.read(key, ReadMode.HEADER)).floor()).isGreaterThan(stamp);
    }

    @Test
    void repair_clockBelowWhatTheCallerSaw_movesItAboveEvenInOneHistory() {
        RemoteKey key = newKey();
        String history = history(key.partition());
        await(a.repair(key.partition(), history, Repair.CLEAR, 0));
        long seen = stored(a.put(key, value("between"), 0, 0)).stamp() + FAR;

        await(b.repair(key.partition(), history, Repair.CLEAR, seen));

        assertThat(await(b.read(key, ReadMode.HEADER)).floor()).isGreaterThan(seen);
        assertThat(stored(b.put(key, value("after"), 0, 0)).stamp()).isGreaterThan(seen);
    }

    @Test
    void clock_lost_isSetAboveWhatTheCallerSaw() {
        RemoteKey key = newKey();
        int partition = key.partition();
        long seen = stored(a.put(key, value("x"), 0, 0)).stamp() + FAR;

        loseClock(name, partition);
        long put = stored(a.put(key, value("y"), 0, seen)).stamp();
        loseClock(name, partition);
        long invalidated =
                await(a.invalidate(partition, List.of(key), 0, put + FAR)).stamp();
        loseClock(name, partition);
        long cleared = await(a.clear(partition, invalidated + FAR));
        loseClock(name, partition);
        long stored = assertStored(await(a.putIfAbsent(key, value("z"), 0))).stamp();

        assertThat(put).isGreaterThan(seen);
        assertThat(invalidated).isGreaterThan(put + FAR);
        assertThat(cleared).isGreaterThan(invalidated + FAR);
        assertThat(stored).as("above the floor").isGreaterThan(cleared);
    }

    @Test
    void repair_keep_leavesTheRecordsAboveTheFloor() {
        RemoteKey key = newKey();
        String history = history(key.partition());
        long stamp = stored(a.put(key, value("kept"), 0, 0)).stamp();

        await(a.repair(key.partition(), history, Repair.KEEP, stamp));

        RemoteRecord found = await(b.read(key, ReadMode.VALUE_AND_FLOOR));
        assertThat(text(found)).isEqualTo("kept");
        assertThat(found.floor()).isLessThanOrEqualTo(stamp);
    }

    @Test
    void repair_clearAfterOthersKept_clearsOnce() {
        RemoteKey key = newKey();
        String history = history(key.partition());
        stored(a.put(key, value("before"), 0, 0));
        await(a.repair(key.partition(), history, Repair.KEEP, 0));

        await(b.repair(key.partition(), history, Repair.CLEAR, 0));

        RemoteRecord found = await(b.read(key, ReadMode.VALUE_AND_FLOOR));
        assertThat(found.stamp()).isLessThan(found.floor());
        long stamp = stored(a.put(key, value("after"), 0, 0)).stamp();
        await(a.repair(key.partition(), history, Repair.CLEAR, 0));
        await(a.repair(key.partition(), history, Repair.KEEP, 0));
        RemoteRecord after = await(b.read(key, ReadMode.VALUE_AND_FLOOR));
        assertThat(text(after)).isEqualTo("after");
        assertThat(after.stamp()).isEqualTo(stamp);
        assertThat(after.floor()).isEqualTo(found.floor());
    }

    @Test
    void repair_keepAfterAClear_clearsNoMore() {
        RemoteKey key = newKey();
        String history = history(key.partition());
        await(a.repair(key.partition(), history, Repair.CLEAR, 0));
        long stamp = stored(a.put(key, value("kept"), 0, 0)).stamp();

        changeHistory();
        await(b.repair(key.partition(), history(key.partition()), Repair.KEEP, 0));

        assertThat(await(b.read(key, ReadMode.HEADER)).floor()).isLessThanOrEqualTo(stamp);
        assertThat(textOf(key)).isEqualTo("kept");
    }

    @Test
    void repair_atAPrimaryOfAnotherHistory_failsAndDoesNothing() {
        RemoteKey key = newKey();
        String history = history(key.partition());
        long stamp = stored(a.put(key, value("kept"), 0, 0)).stamp();

        for (Repair repair : Repair.values()) {
            assertThatThrownBy(() -> await(a.repair(key.partition(), history + "0", repair, stamp)))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("history");
        }

        assertThat(await(b.read(key, ReadMode.VALUE_AND_FLOOR)).floor()).isLessThanOrEqualTo(stamp);
        assertThat(await(b.clear(key.partition(), 0))).isEqualTo(stamp + 1);
        assertThat(await(a.repair(key.partition(), history, Repair.KEEP, 0))).isGreaterThan(stamp + 1000);
    }

    @Test
    void repair_clear_endsLeases() {
        RemoteKey key = newKey();
        String history = history(key.partition());
        long token = newToken();
        assertGranted(await(a.lease(key, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));
        await(b.repair(key.partition(), history, Repair.CLEAR, 0));

        assertRefused(fill(a, key, token, value("v")));

        assertGranted(await(b.lease(key, newToken(), LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));
    }
}
