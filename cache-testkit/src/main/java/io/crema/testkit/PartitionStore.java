package io.crema.testkit;

import io.crema.spi.DirtyValueException;
import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.testkit.StoredRecord.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the server in memory: clock, floor, epoch and records, and each operation on them. Publishes nothing
 * itself. Guarded by the server's lock; {@code nowMicros} is the server's clock.
 */
final class PartitionStore {

    /** How far a repair moves the clock: farther than a lost history can have come. */
    private static final long REPAIR_JUMP = 1L << 20;

    private final LongSupplier tokens;
    private final Map<ByteBuffer, StoredRecord> records = new HashMap<>();
    private final TagStore tags;
    private final JournalStore journal;
    private long clock;
    private long floor;
    private @Nullable Epoch epoch;

    /** The last repair, and the clock after it. */
    private record Epoch(String history, long stamp) {}

    /** What a repair has done now. */
    enum Repaired {
        NOTHING,
        KEPT,
        CLEARED
    }

    /** @param tokens random numbers, other ones after every loss of data */
    PartitionStore(LongSupplier tokens) {
        this(tokens, new TagStore(tokens), new JournalStore());
    }

    private PartitionStore(LongSupplier tokens, TagStore tags, JournalStore journal) {
        this.tokens = tokens;
        this.tags = tags;
        this.journal = journal;
    }

    PartitionStore copy() {
        PartitionStore copy = new PartitionStore(tokens, tags.copy(), journal.copy());
        copy.records.putAll(records);
        copy.clock = clock;
        copy.floor = floor;
        copy.epoch = epoch;
        return copy;
    }

    long clock() {
        return clock;
    }

    long floor() {
        return floor;
    }

    /** The clock after the last repair; 0 if there was none. */
    long epochStamp() {
        return epoch == null ? 0 : epoch.stamp;
    }

    TagStore tags() {
        return tags;
    }

    JournalStore journal() {
        return journal;
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

    LeaseReply lease(
            RemoteKey key,
            long leaseToken,
            LeaseMode mode,
            long known,
            long leaseMillis,
            long atLeast,
            long nowMicros) {
        advance(0, atLeast, nowMicros);
        long now = millis(nowMicros);
        StoredRecord found = find(key, nowMicros);
        boolean gone = found == null || isBelowFloor(found);
        if (found != null && !gone) {
            boolean replaceable = !found.isDirty() && isReplaceable(found, mode, known, now);
            boolean free = isFree(found, mode, now);
            if (replaceable && !free) {
                store(key, found.withLease(found.lease().refused()));
            }
            if (!replaceable || !free) {
                return new LeaseReply.Refused(found.reply(ReadMode.VALUE, nowMicros, RemoteRecord.NO_FLOOR));
            }
        }
        Lease lease = Lease.of(leaseToken, now + leaseMillis);
        if (found != null && !gone && found.kind() != Kind.LEASE) {
            store(key, found.leased(lease));
        } else {
            store(key, StoredRecord.leased(clock, found == null ? 0 : found.leastVersion(), lease));
        }
        return new LeaseReply.Granted(found == null || gone ? 0 : found.lease().failures());
    }

    private static boolean isFree(StoredRecord found, LeaseMode mode, long nowMillis) {
        boolean overHold = mode == LeaseMode.EVEN_IF_FRESH && found.lease().failures() > 0;
        return overHold || !found.lease().runs(nowMillis);
    }

    /** Whether the key may be loaded in this mode, if nobody else does. */
    private static boolean isReplaceable(StoredRecord found, LeaseMode mode, long known, long nowMillis) {
        return switch (found.kind()) {
            case OPAQUE, QUARANTINE -> false;
            case ABSENT, LEASE, TOMBSTONE -> true;
            case VALUE ->
                !found.isFresh(nowMillis)
                        || mode == LeaseMode.EVEN_IF_FRESH
                        || mode == LeaseMode.UNLESS_REPLACED && found.hasToken(known);
        };
    }

    StoreReply fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast, long nowMicros) {
        advance(0, atLeast, nowMicros);
        StoredRecord found = findLeased(key, leaseToken, nowMicros);
        if (found == null) {
            return new StoreReply.Refused();
        }
        if (isBelowFloor(found)) {
            dropLease(key, found);
            return new StoreReply.Refused();
        }
        return found.refusesVersion(value.originVersion())
                ? new StoreReply.TooOld(found.leastVersion())
                : storeValue(key, StoredRecord.value(value, clock, millis(nowMicros)));
    }

    StoreReply renew(RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast, long nowMicros) {
        advance(0, atLeast, nowMicros);
        StoredRecord found = findLeased(key, leaseToken, nowMicros);
        if (found == null) {
            return new StoreReply.Refused();
        }
        if (isBelowFloor(found) || !found.hasToken(known)) {
            dropLease(key, found);
            return new StoreReply.Refused();
        }
        if (found.refusesVersion(renewal.originVersion())) {
            return new StoreReply.TooOld(found.leastVersion());
        }
        return storeValue(key, found.renewed(renewal, clock, millis(nowMicros)));
    }

    /** @param failures 0 = one if others were refused the lease and the key shall be held back then, else none */
    void release(RemoteKey key, long leaseToken, int failures, long holdMillis, long nowMicros) {
        StoredRecord found = findLeased(key, leaseToken, nowMicros);
        if (found == null) {
            return;
        }
        int counted = failures == 0 && holdMillis > 0 && found.lease().awaited() ? 1 : failures;
        if (counted == 0) {
            dropLease(key, found);
        } else {
            store(key, found.heldBack(counted, millis(nowMicros) + holdMillis));
        }
    }

    /** What is refused, but for a value without a holder that is too old, is an invalidation. */
    StoreReply put(RemoteKey key, RemoteValue value, long holder, long atLeast, long nowMicros) {
        StoredRecord found = find(key, nowMicros);
        boolean quarantined = isQuarantine(found);
        boolean tooOld = found != null && found.refusesVersion(value.originVersion());
        if (found != null && tooOld && holder == 0 && !quarantined) {
            return new StoreReply.TooOld(found.leastVersion());
        }
        advance(1, atLeast, nowMicros);
        boolean sole = found != null && found.isHeldOnlyBy(holder) && found.stamp() >= floor;
        if (!tooOld && (quarantined ? sole : holder == 0)) {
            return storeValue(key, StoredRecord.value(value, clock, millis(nowMicros)));
        }
        leave(key, found, holder, value.originVersion(), nowMicros);
        return found != null && tooOld && holder != 0
                ? new StoreReply.TooOld(found.leastVersion())
                : new StoreReply.Refused();
    }

    StoreReply putIfAbsent(RemoteKey key, RemoteValue value, long atLeast, long nowMicros) {
        StoredRecord found = find(key, nowMicros);
        if (isQuarantine(found)) {
            return new StoreReply.Undecided("the key is in quarantine");
        } else if (found != null && found.kind() == RemoteRecord.Kind.OPAQUE) {
            return new StoreReply.Undecided("the key holds a record of another version");
        }
        return hasLiveValue(key, nowMicros) ? new StoreReply.Refused() : put(key, value, 0, atLeast, nowMicros);
    }

    InvalidateReply invalidate(List<RemoteKey> keys, long least, long atLeast, long nowMicros) {
        advance(keys.size(), atLeast, nowMicros);
        List<Boolean> removed = new ArrayList<>(keys.size());
        for (RemoteKey key : keys) {
            removed.add(hasLiveValue(key, nowMicros));
            remove(key, find(key, nowMicros), least, nowMicros);
        }
        return new InvalidateReply(clock, removed);
    }

    InvalidateReply expire(List<RemoteKey> keys, long least, long atLeast, long nowMicros) {
        advance(keys.size(), atLeast, nowMicros);
        List<Boolean> removed = new ArrayList<>(keys.size());
        for (RemoteKey key : keys) {
            removed.add(hasLiveValue(key, nowMicros));
            StoredRecord found = find(key, nowMicros);
            if (found != null && found.kind() == Kind.VALUE && !found.isDirty() && !isBelowFloor(found)) {
                store(key, found.expired(clock, tokens.getAsLong(), least, millis(nowMicros)));
            } else {
                remove(key, found, least, nowMicros);
            }
        }
        return new InvalidateReply(clock, removed);
    }

    /**
     * A quarantine only learns of it, and a dirty value goes later; a value's version, or the least that a tombstone
     * remembers, stays as the least.
     */
    private void remove(RemoteKey key, @Nullable StoredRecord found, long least, long nowMicros) {
        if (found != null && found.kind() == Kind.QUARANTINE) {
            store(key, found.touched(clock, found.holders(), least));
            return;
        } else if (found != null && found.isDirty()) {
            store(key, found.doomed(least));
            return;
        }
        forget(key, found == null ? least : StoredRecord.newer(found.leastVersion(), least), nowMicros);
    }

    /** Leaves nothing but the least version, if there is one. */
    void forget(RemoteKey key, long least, long nowMicros) {
        if (least == 0) {
            lose(key.bytes());
        } else {
            store(key, StoredRecord.tombstone(clock, least, millis(nowMicros)));
        }
    }

    /** Returns the clock. */
    long quarantine(RemoteKey key, long holder, long forMillis, long atLeast, long nowMicros) {
        StoredRecord found = find(key, nowMicros);
        if (found != null && found.isDirty()) {
            throw new DirtyValueException(
                    "The key cannot be put in quarantine, because its last write has still to be"
                            + " made in the origin; try again when that is done",
                    null);
        }
        advance(1, atLeast, nowMicros);
        long until = millis(nowMicros) + forMillis;
        if (found != null && found.holders().contains(holder)) {
            store(key, found.withStamp(clock).keptUntil(until));
        } else if (found != null && found.kind() == Kind.QUARANTINE) {
            Set<Long> holders = new HashSet<>(found.holders());
            holders.add(holder);
            store(key, found.touched(clock, holders, 0).keptUntil(until));
        } else {
            long least = found == null ? 0 : found.leastVersion();
            store(key, StoredRecord.quarantine(clock, until, least, holder));
        }
        return clock;
    }

    /** Returns the clock. */
    long endQuarantine(RemoteKey key, long holder, long atLeast, long nowMicros) {
        advance(1, atLeast, nowMicros);
        leave(key, find(key, nowMicros), holder, 0, nowMicros);
        return clock;
    }

    /** Takes a holder out of a quarantine, which the last one ends; for all others, an invalidation. */
    private void leave(RemoteKey key, @Nullable StoredRecord found, long holder, long least, long nowMicros) {
        if (found == null || !found.holders().contains(holder)) {
            remove(key, found, least, nowMicros);
            return;
        }
        Set<Long> others = new HashSet<>(found.holders());
        others.remove(holder);
        if (others.isEmpty()) {
            forget(key, StoredRecord.newer(found.leastVersion(), least), nowMicros);
        } else {
            store(key, found.touched(clock, others, least));
        }
    }

    long clear(long atLeast, long nowMicros) {
        advance(1, atLeast, nowMicros);
        floor = clock;
        return floor;
    }

    Repaired repair(String history, Repair repair, long atLeast, long nowMicros) {
        Epoch last = epoch;
        if (last == null || !last.history.equals(history) || clock == 0 || clock < atLeast) {
            clock = Math.max(Math.max(clock, floor), Math.max(atLeast, nowMicros)) + REPAIR_JUMP;
        } else if (repair == Repair.CLEAR && floor < last.stamp) {
            clock++;
        } else {
            return Repaired.NOTHING;
        }
        epoch = new Epoch(history, clock);
        if (repair == Repair.KEEP) {
            return Repaired.KEPT;
        }
        floor = clock;
        return Repaired.CLEARED;
    }

    /** Advances the clock by one for a tag that is invalidated; returns the clock. */
    long invalidateTag(String tag, long token, long atLeast, long nowMicros) {
        advance(1, atLeast, nowMicros);
        tags.renew(tag, clock, token, millis(nowMicros));
        return clock;
    }

    /** The clock as one that reads versions of tags finds it: running. */
    long startClock(long atLeast, long nowMicros) {
        advance(0, atLeast, nowMicros);
        return clock;
    }

    /** Advances the clock; one that is missing starts above the time, the floor and what the caller has seen. */
    void advance(int count, long atLeast, long nowMicros) {
        if (clock == 0) {
            clock = Math.max(nowMicros, Math.max(floor, atLeast));
        }
        clock += count;
    }

    /** Sets the clock past a number, unless it is already. */
    void passClock(long number) {
        clock = Math.max(clock, number + 1);
    }

    /** Advances the clock by one; one that is not above what the caller has seen then starts as one that is missing. */
    void advanceAbove(long atLeast, long nowMicros) {
        advance(1, atLeast, nowMicros);
        if (clock <= atLeast) {
            clock = 0;
            advance(1, atLeast, nowMicros);
        }
    }

    private boolean hasLiveValue(RemoteKey key, long nowMicros) {
        StoredRecord found = find(key, nowMicros);
        return found != null && found.isFresh(millis(nowMicros)) && !isBelowFloor(found);
    }

    @Nullable
    StoredRecord find(RemoteKey key, long nowMicros) {
        StoredRecord found = records.get(ByteBuffer.wrap(key.bytes()));
        if (found != null && found.keepUntil() <= millis(nowMicros) && !found.isDirty()) {
            lose(key.bytes());
            return null;
        }
        return found;
    }

    /** What is there, if the lease on it has this token. */
    private @Nullable StoredRecord findLeased(RemoteKey key, long leaseToken, long nowMicros) {
        StoredRecord found = find(key, nowMicros);
        return found != null && found.lease().isHeldWith(leaseToken) ? found : null;
    }

    static boolean isQuarantine(@Nullable StoredRecord found) {
        return found != null && found.kind() == Kind.QUARANTINE;
    }

    /** Quarantines and dirty values outlive clears, and nobody knows the stamp of what is opaque. */
    private boolean isBelowFloor(StoredRecord found) {
        return found.kind() != Kind.OPAQUE
                && found.kind() != Kind.QUARANTINE
                && !found.isDirty()
                && found.stamp() < floor;
    }

    StoreReply.Stored storeValue(RemoteKey key, StoredRecord value) {
        store(key, value);
        return value.stored();
    }

    private void dropLease(RemoteKey key, StoredRecord found) {
        if (found.kind() == Kind.LEASE) {
            lose(key.bytes());
        } else {
            store(key, found.withLease(Lease.NONE));
        }
    }

    void store(RemoteKey key, StoredRecord stored) {
        records.put(ByteBuffer.wrap(key.bytes().clone()), stored);
    }

    static long millis(long micros) {
        return Math.floorDiv(micros, 1000L);
    }
}
