package io.crema.testkit;

import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one partition of the server in memory, with what was given up, and in the partition of the tags the
 * instances that are alive. What changes the partition's records is given the partition. Guarded by the server's lock.
 */
final class JournalStore {

    private static final int MAX_REASON_BYTES = 1_000;

    private final NavigableMap<Long, Write> writes = new TreeMap<>();
    private final NavigableMap<Long, Letter> letters = new TreeMap<>();

    /** By key, which dead letter may be put back: no newer write of the key has come. */
    private final Map<ByteBuffer, Long> revivable = new HashMap<>();

    /** The time until which each instance counts as alive. */
    private final Map<Long, Long> members = new HashMap<>();

    private long owner;
    private long ownedUntil;

    /** Of what is not in the journal any more, too. */
    private long lastId;

    /** @param readable whether this version can read it */
    private record Write(RemoteKey key, RemoteValue value, long writtenAt, boolean readable) {

        JournalEntry entry(long id) {
            if (!readable) {
                return JournalEntry.unreadable(id, key.bytes().clone());
            }
            return new JournalEntry(
                    id,
                    key.bytes().clone(),
                    value.isNull(),
                    value.codec(),
                    value.payload().clone());
        }

        Write foreign() {
            return new Write(key, value, writtenAt, false);
        }
    }

    private record Letter(Write write, int attempts, long buriedAt, String reason) {}

    JournalStore copy() {
        JournalStore copy = new JournalStore();
        copy.writes.putAll(writes);
        copy.letters.putAll(letters);
        copy.revivable.putAll(revivable);
        copy.members.putAll(members);
        copy.owner = owner;
        copy.ownedUntil = ownedUntil;
        copy.lastId = lastId;
        return copy;
    }

    StoreReply append(PartitionStore store, RemoteKey key, RemoteValue value, long most, long atLeast, long nowMicros) {
        StoredRecord found = store.find(key, nowMicros);
        if (PartitionStore.isQuarantine(found)) {
            return new StoreReply.Undecided("the key is in quarantine");
        } else if (writes.size() >= most) {
            return new StoreReply.Full();
        } else if (found != null && found.refusesVersion(value.originVersion())) {
            return new StoreReply.TooOld(found.leastVersion());
        }
        return enter(store, key, value, atLeast, nowMicros);
    }

    private StoreReply enter(PartitionStore store, RemoteKey key, RemoteValue value, long atLeast, long nowMicros) {
        store.advanceAbove(atLeast, nowMicros);
        store.passClock(lastId);
        lastId = store.clock();
        long now = PartitionStore.millis(nowMicros);
        RemoteKey kept = new RemoteKey(key.partition(), key.bytes().clone());
        writes.put(lastId, new Write(kept, value, now, true));
        revivable.remove(ByteBuffer.wrap(kept.bytes()));
        return store.storeValue(
                kept, StoredRecord.value(value, store.clock(), now).dirty());
    }

    /** Makes the writes of a key, those that were given up too, ones that no instance of this version can read. */
    void makeUnreadable(RemoteKey key) {
        writes.replaceAll((id, write) -> write.key.equals(key) ? write.foreign() : write);
        letters.replaceAll((id, letter) -> letter.write.key.equals(key)
                ? new Letter(letter.write.foreign(), letter.attempts, letter.buriedAt, letter.reason)
                : letter);
    }

    Ownership own(long instance, long leaseMillis, long nowMillis) {
        boolean held = isFree(nowMillis) || owner == instance;
        if (held) {
            owner = instance;
            ownedUntil = nowMillis + leaseMillis;
        }
        long oldest = writes.isEmpty()
                ? 0
                : Math.max(1, nowMillis - writes.firstEntry().getValue().writtenAt);
        return new Ownership(held, ownedUntil - nowMillis, writes.size(), oldest, letters.size());
    }

    void disown(long instance) {
        if (owner == instance) {
            ownedUntil = 0;
        }
    }

    boolean isOwner(long instance, long nowMicros) {
        return owner == instance && !isFree(PartitionStore.millis(nowMicros));
    }

    private boolean isFree(long nowMillis) {
        return ownedUntil <= nowMillis;
    }

    List<JournalEntry> read(long after, int most) {
        return writes.tailMap(after, false).entrySet().stream()
                .limit(most)
                .map(each -> each.getValue().entry(each.getKey()))
                .toList();
    }

    void superseded(List<JournalEntry> entries, JournalEntry by) {
        if (writeOf(by) != null) {
            entries.forEach(entry -> writes.remove(entry.id()));
        }
    }

    /** After a failover an id may be that of a write of another key; null then, and if there is none. */
    private @Nullable Write writeOf(JournalEntry entry) {
        Write found = writes.get(entry.id());
        return found != null && Arrays.equals(found.key.bytes(), entry.key()) ? found : null;
    }

    /** Returns the keys whose values have gone, for which the clock was advanced. */
    List<byte[]> written(PartitionStore store, List<JournalEntry> entries, long atLeast, long nowMicros) {
        Map<RemoteKey, StoredRecord> gone = new LinkedHashMap<>();
        for (JournalEntry entry : entries) {
            Write write = writeOf(entry);
            writes.remove(write == null ? 0 : entry.id());
            StoredRecord found = write == null ? null : recordOf(store, write, entry.id(), nowMicros);
            if (write == null || found == null) {
                continue;
            }
            boolean timeIsOver = found.keepUntil() <= PartitionStore.millis(nowMicros);
            if (found.isDoomed() || found.stamp() < store.floor() || timeIsOver) {
                gone.put(write.key, found);
            } else {
                store.store(write.key, found.clean());
            }
        }
        if (!gone.isEmpty()) {
            store.advance(gone.size(), atLeast, nowMicros);
            gone.forEach((key, found) -> store.forget(key, found.leastVersion(), nowMicros));
        }
        return gone.keySet().stream().map(RemoteKey::bytes).toList();
    }

    /** Returns the key if its value has gone, for which the clock was advanced. */
    List<byte[]> bury(
            PartitionStore store,
            List<JournalEntry> entries,
            int attempts,
            String reason,
            long atLeast,
            long nowMicros) {
        long id = entries.get(entries.size() - 1).id();
        Write write = writeOf(entries.get(entries.size() - 1));
        if (write == null) {
            return List.of();
        }
        entries.stream().filter(entry -> writeOf(entry) != null).forEach(entry -> writes.remove(entry.id()));
        letters.put(id, new Letter(write, attempts, PartitionStore.millis(nowMicros), cut(reason)));
        if (recordOf(store, write, id, nowMicros) == null) {
            return List.of();
        }
        store.advance(1, atLeast, nowMicros);
        store.lose(write.key.bytes());
        revivable.put(ByteBuffer.wrap(write.key.bytes()), id);
        return List.of(write.key.bytes());
    }

    /** Cut where a character begins, to what is kept of it. */
    private static String cut(String reason) {
        byte[] bytes = reason.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(MAX_REASON_BYTES, bytes.length);
        while (end < bytes.length && (bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** The dirty value that a write stored; null if something else has taken its place. */
    private static @Nullable StoredRecord recordOf(PartitionStore store, Write write, long id, long nowMicros) {
        StoredRecord found = store.find(write.key, nowMicros);
        return found != null && found.isDirty() && found.stamp() == id ? found : null;
    }

    List<DeadLetter> deadLetters(int most, long nowMillis) {
        return letters.entrySet().stream()
                .limit(most)
                .map(each -> {
                    Letter letter = each.getValue();
                    return new DeadLetter(
                            letter.write.entry(each.getKey()),
                            letter.attempts,
                            nowMillis - letter.buriedAt,
                            letter.reason);
                })
                .toList();
    }

    /** The key of a dead letter; null if there is none. */
    @Nullable
    RemoteKey keyOf(long id) {
        Letter letter = letters.get(id);
        return letter == null ? null : letter.write.key;
    }

    /** Puts a dead letter, which is there, back; returns whether that wrote its value. */
    boolean revive(PartitionStore store, long id, long atLeast, long nowMicros) {
        RemoteKey key = keyOf(id);
        StoredRecord found = key == null ? null : store.find(key, nowMicros);
        if (PartitionStore.isQuarantine(found)) {
            throw new IllegalStateException("The key cannot be written now, because it is in quarantine; try again");
        }
        Letter letter = letters.get(id);
        if (letter != null && !letter.write.readable) {
            throw new IllegalStateException("The dead letter is of another version, which alone can put it back");
        }
        if (letter == null || !drop(id)) {
            return false;
        }
        RemoteValue value = letter.write.value;
        if (found != null && (found.isDirty() || found.refusesVersion(value.originVersion()))) {
            return false;
        }
        enter(store, letter.write.key, value, atLeast, nowMicros);
        return true;
    }

    /** Returns whether the letter that has gone could have been put back. */
    boolean drop(long id) {
        Letter letter = letters.remove(id);
        return letter != null && revivable.remove(ByteBuffer.wrap(letter.write.key.bytes()), id);
    }

    List<Long> members(long instance, long keepMillis, long nowMillis) {
        members.put(instance, nowMillis + keepMillis);
        members.values().removeIf(until -> until <= nowMillis);
        return List.copyOf(members.keySet());
    }

    void leave(long instance) {
        members.remove(instance);
    }
}
