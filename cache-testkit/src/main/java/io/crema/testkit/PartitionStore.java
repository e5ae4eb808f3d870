package io.crema.testkit;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the server in memory: clock, floor, epoch and records, and each operation on them. Publishes nothing
 * itself. Guarded by the server's lock; {@code nowMicros} is the server's clock.
 */
final class PartitionStore {

    private final Map<ByteBuffer, StoredRecord> records = new HashMap<>();
    private long clock;
    private long floor;
    private @Nullable String repaired;

    PartitionStore copy() {
        PartitionStore copy = new PartitionStore();
        copy.records.putAll(records);
        copy.clock = clock;
        copy.floor = floor;
        copy.repaired = repaired;
        return copy;
    }

    long clock() {
        return clock;
    }

    long floor() {
        return floor;
    }

    void loseClock() {
        clock = 0;
    }

    void lose(byte[] key) {
        records.remove(ByteBuffer.wrap(key));
    }

    void plantOpaque(byte[] key) {
        records.put(ByteBuffer.wrap(key.clone()), StoredRecord.opaque());
    }

    RemoteRecord read(RemoteKey key, ReadMode mode, long nowMicros) {
        long asked = mode == ReadMode.VALUE ? RemoteRecord.NO_FLOOR : floor;
        StoredRecord found = find(key, nowMicros);
        return found == null ? RemoteRecord.absent(asked) : found.reply(mode, nowMicros, asked);
    }

    LeaseReply lease(RemoteKey key, long leaseToken, LeaseMode mode, long leaseMillis, long atLeast, long nowMicros) {
        advance(0, atLeast, nowMicros);
        long now = millis(nowMicros);
        StoredRecord found = find(key, nowMicros);
        if (found == null || isBelowFloor(found)) {
            store(key, StoredRecord.marker(clock, leaseToken, now + leaseMillis));
            return new LeaseReply.Granted(clock);
        }
        boolean wanted = mode == LeaseMode.EVEN_IF_FRESH || !found.isFresh(now);
        if (found.kind() == RemoteRecord.Kind.OPAQUE || found.leaseRuns(now) || !wanted) {
            return new LeaseReply.Refused(found.reply(ReadMode.VALUE, nowMicros, RemoteRecord.NO_FLOOR));
        }
        store(
                key,
                found.kind() == RemoteRecord.Kind.LEASE
                        ? StoredRecord.marker(clock, leaseToken, now + leaseMillis)
                        : found.leased(leaseToken, now + leaseMillis));
        return new LeaseReply.Granted(clock);
    }

    StoreReply fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast, long nowMicros) {
        advance(0, atLeast, nowMicros);
        StoredRecord found = find(key, nowMicros);
        if (found == null || leaseToken == 0 || found.leaseToken() != leaseToken) {
            return new StoreReply.Refused();
        }
        if (isBelowFloor(found)) {
            dropLease(key, found);
            return new StoreReply.Refused();
        }
        return storeValue(key, value, nowMicros);
    }

    void release(RemoteKey key, long leaseToken, long nowMicros) {
        StoredRecord found = find(key, nowMicros);
        if (found != null && leaseToken != 0 && found.leaseToken() == leaseToken) {
            dropLease(key, found);
        }
    }

    StoreReply.Stored put(RemoteKey key, RemoteValue value, long atLeast, long nowMicros) {
        advance(1, atLeast, nowMicros);
        return storeValue(key, value, nowMicros);
    }

    StoreReply putIfAbsent(RemoteKey key, RemoteValue value, long atLeast, long nowMicros) {
        return hasLiveValue(key, nowMicros) ? new StoreReply.Refused() : put(key, value, atLeast, nowMicros);
    }

    InvalidateReply invalidate(List<RemoteKey> keys, long atLeast, long nowMicros) {
        advance(keys.size(), atLeast, nowMicros);
        List<Boolean> removed = new ArrayList<>(keys.size());
        for (RemoteKey key : keys) {
            removed.add(hasLiveValue(key, nowMicros));
            lose(key.bytes());
        }
        return new InvalidateReply(clock, removed);
    }

    long clear(long atLeast, long nowMicros) {
        advance(1, atLeast, nowMicros);
        floor = clock;
        return floor;
    }

    /** Returns whether it did anything. */
    boolean repair(String history, long atLeast, long nowMicros) {
        if (history.equals(repaired) && clock >= atLeast) {
            return false;
        }
        clock = Math.max(Math.max(clock, floor), Math.max(atLeast, nowMicros)) + 1;
        floor = clock;
        repaired = history;
        return true;
    }

    void startClock(long nowMicros) {
        advance(0, 0, nowMicros);
    }

    /** Advances the clock; one that is missing starts above the time, the floor and what the caller has seen. */
    private void advance(int count, long atLeast, long nowMicros) {
        if (clock == 0) {
            clock = Math.max(nowMicros, Math.max(floor, atLeast));
        }
        clock += count;
    }

    private boolean hasLiveValue(RemoteKey key, long nowMicros) {
        StoredRecord found = find(key, nowMicros);
        return found != null && found.isFresh(millis(nowMicros)) && !isBelowFloor(found);
    }

    private @Nullable StoredRecord find(RemoteKey key, long nowMicros) {
        StoredRecord found = records.get(ByteBuffer.wrap(key.bytes()));
        if (found != null && found.keepUntil() <= millis(nowMicros)) {
            lose(key.bytes());
            return null;
        }
        return found;
    }

    private boolean isBelowFloor(StoredRecord found) {
        return found.kind() != RemoteRecord.Kind.OPAQUE && found.stamp() < floor;
    }

    private StoreReply.Stored storeValue(RemoteKey key, RemoteValue value, long nowMicros) {
        StoredRecord stored = StoredRecord.value(value, clock, millis(nowMicros));
        store(key, stored);
        return new StoreReply.Stored(stored.stamp(), stored.loadedAt());
    }

    private void dropLease(RemoteKey key, StoredRecord found) {
        if (found.kind() == RemoteRecord.Kind.LEASE) {
            lose(key.bytes());
        } else {
            store(key, found.leased(0, 0));
        }
    }

    private void store(RemoteKey key, StoredRecord stored) {
        records.put(ByteBuffer.wrap(key.bytes().clone()), stored);
    }

    private static long millis(long micros) {
        return Math.floorDiv(micros, 1000L);
    }
}
