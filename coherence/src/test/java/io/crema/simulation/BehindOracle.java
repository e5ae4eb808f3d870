package io.crema.simulation;

import io.crema.spi.JournalEntry;
import io.crema.spi.RemoteKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which writes the remote tier has kept and what has become of them, and says what was not to be. Only the first
 * violation is kept: what follows may be of its making.
 */
final class BehindOracle {

    /** The value of a write that deletes. */
    static final long DELETED = -1;

    /** What was not to be. */
    record Violation(int key, String what) {}

    /** A write that is in the journal, or was. */
    static final class Kept {
        final int key;
        final long id;
        final long value;
        final int instance;
        final long at;

        /** Whether it is in the journal. */
        boolean open = true;

        /** Whether it has left the journal since a later one stands for it. */
        boolean superseded;

        /** Whether it was given up, or one that stands for it. */
        boolean buried;

        /** When its caller was told, and since when it binds others; {@link #NEVER} = not. */
        long acknowledged = NEVER;

        static final long NEVER = Long.MAX_VALUE;

        Kept(int key, long id, long value, int instance, long at) {
            this.key = key;
            this.id = id;
            this.value = value;
            this.instance = instance;
            this.at = at;
        }

        Kept copy() {
            Kept copy = new Kept(key, id, value, instance, at);
            copy.open = open;
            copy.superseded = superseded;
            copy.buried = buried;
            copy.acknowledged = acknowledged;
            return copy;
        }

        @Override
        public String toString() {
            return (value == DELETED ? "deletion " : "write " + Values.versionOf(value) + " as ") + id;
        }
    }

    private final World world;
    final BehindPlan plan;
    final BehindCounts counts;
    private List<NavigableMap<Long, Kept>> kept = new ArrayList<>();

    /** By value, the ids of writes that a fail-over has forgotten. */
    private final Map<Long, Long> forgotten = new HashMap<>();

    private final long[] versions;
    private long lastFailover = Long.MIN_VALUE / 2;
    private @Nullable Violation violation;

    BehindOracle(World world, BehindPlan plan, BehindCounts counts) {
        this.world = world;
        this.plan = plan;
        this.counts = counts;
        this.versions = new long[plan.keys()];
        for (int key = 0; key < plan.keys(); key++) {
            kept.add(new TreeMap<>());
        }
    }

    void wrong(int key, String what) {
        if (violation == null) {
            violation = new Violation(key, what);
            world.trace.note(world.now(), Oracle.EVERYBODY, key, "VIOLATION", 0);
            world.trace.end();
        }
    }

    @Nullable
    Violation violation() {
        return violation;
    }

    /** A value that no other write has. */
    long next(int key) {
        versions[key]++;
        return Values.value(key, versions[key]);
    }

    // What the remote tier does

    void appended(int instance, int key, long id, long value) {
        counts.kept++;
        NavigableMap<Long, Kept> before = kept.get(key);
        if (!before.isEmpty() && before.lastKey() >= id) {
            wrong(key, "a write got the id " + id + " after " + before.lastKey());
        }
        before.put(id, new Kept(key, id, value, instance, world.now()));
        world.trace.note(world.now(), instance, key, "KEPT " + describe(value), id);
    }

    private static String describe(long value) {
        return value == DELETED ? "deletion" : String.valueOf(Values.versionOf(value));
    }

    /** @param originHas the id of the write that the origin has made last of a key */
    void noted(int instance, List<JournalEntry> entries, java.util.function.IntToLongFunction originHas) {
        for (JournalEntry entry : entries) {
            int key = keyOf(entry);
            Kept write = kept.get(key).get(entry.id());
            if (write == null || !write.open) {
                continue;
            }
            write.open = false;
            world.trace.note(world.now(), instance, key, "NOTED", write.id);
            if (originHas.applyAsLong(key) < write.id) {
                wrong(key, write + " left the journal, but the origin has " + originHas.applyAsLong(key));
            } else if (originHas.applyAsLong(key) > write.id) {
                counts.coalesced++;
            }
            kept.get(key).headMap(write.id).values().forEach(each -> each.superseded = false);
        }
    }

    /** They have left the journal, since a later write of the key waits in it. */
    void superseded(int instance, List<JournalEntry> entries) {
        for (JournalEntry entry : entries) {
            int key = keyOf(entry);
            Kept write = kept.get(key).get(entry.id());
            if (write == null || !write.open) {
                continue;
            }
            write.open = false;
            write.superseded = true;
            world.trace.note(world.now(), instance, key, "SUPERSEDED", write.id);
            Kept newest = newestOpen(key);
            if (newest == null || newest.id < write.id) {
                wrong(key, write + " left the journal, but nothing in it stands for it");
            }
            counts.superseded++;
        }
    }

    /** What was given up and what it replaced, if it was in the journal. */
    void buried(int instance, List<JournalEntry> entries, int attempts) {
        JournalEntry last = entries.get(entries.size() - 1);
        int key = keyOf(last);
        Kept write = kept.get(key).get(last.id());
        if (write == null || !write.open) {
            return;
        }
        counts.buried++;
        world.trace.note(world.now(), instance, key, "BURIED", last.id());
        if (attempts < plan.policy().attempts()) {
            wrong(key, write + " was given up after " + attempts + " attempts");
        }
        for (JournalEntry entry : entries) {
            Kept gone = kept.get(key).get(entry.id());
            if (gone != null && gone.open) {
                gone.open = false;
                gone.buried = true;
            }
        }
        kept.get(key).headMap(last.id()).values().stream()
                .filter(each -> each.superseded)
                .forEach(each -> each.buried = true);
    }

    private static int keyOf(JournalEntry entry) {
        return Values.keyOf(new RemoteKey(0, entry.key()));
    }

    void revived(int instance, int key, long old, long id) {
        counts.revived++;
        Kept letter = Objects.requireNonNull(kept.get(key).get(old), "a letter of no write");
        appended(instance, key, id, letter.value);
        acknowledged(key, instance, letter.value, world.now());
    }

    // Failing over

    /** What was known at one time. */
    record Snapshot(List<NavigableMap<Long, Kept>> kept) {}

    Snapshot snapshot() {
        return new Snapshot(copy(kept));
    }

    private static List<NavigableMap<Long, Kept>> copy(List<NavigableMap<Long, Kept>> kept) {
        List<NavigableMap<Long, Kept>> copies = new ArrayList<>();
        for (NavigableMap<Long, Kept> each : kept) {
            NavigableMap<Long, Kept> copy = new TreeMap<>();
            each.forEach((id, write) -> copy.put(id, write.copy()));
            copies.add(copy);
        }
        return copies;
    }

    void failedOver(Snapshot to) {
        List<NavigableMap<Long, Kept>> back = copy(to.kept);
        for (int key = 0; key < kept.size(); key++) {
            for (Kept write : kept.get(key).values()) {
                Kept there = back.get(key).get(write.id);
                if (there == null) {
                    counts.forgotten++;
                    forgotten.put(write.value, write.id);
                } else {
                    there.acknowledged = write.acknowledged;
                }
            }
        }
        kept = back;
        lastFailover = world.now();
    }

    long lastFailover() {
        return lastFailover;
    }

    boolean isForgotten(long value) {
        return forgotten.containsKey(value);
    }

    // What callers are told

    /** @param since when the call began */
    void acknowledged(int key, int instance, long value, long since) {
        counts.acknowledged++;
        for (Kept write : kept.get(key).values()) {
            boolean its = write.value == value && (value != DELETED || write.instance == instance && write.at >= since);
            // Of deletions, which are all the same, it may be any, but not one that was told before.
            if (its && write.acknowledged == Kept.NEVER) {
                write.acknowledged = world.now();
                return;
            }
        }
        if (lastFailover < since && !forgotten.containsKey(value)) {
            wrong(key, "a write was acknowledged that was not kept: " + describe(value));
        }
    }

    // What is asked

    NavigableMap<Long, Kept> writes(int key) {
        return kept.get(key);
    }

    @Nullable
    Kept write(int key, long id) {
        return kept.get(key).get(id);
    }

    /** The newest write that is in the journal. */
    @Nullable
    Kept newestOpen(int key) {
        return kept.get(key).descendingMap().values().stream()
                .filter(write -> write.open)
                .findFirst()
                .orElse(null);
    }

    boolean isAllDone() {
        return kept.stream().allMatch(each -> each.values().stream().noneMatch(write -> write.open));
    }

    /** The newest write that must not be missing; 0 = none. */
    long newest(int key) {
        return kept.get(key).descendingMap().values().stream()
                .filter(write -> !write.buried)
                .mapToLong(write -> write.id)
                .findFirst()
                .orElse(0);
    }

    /** The newest write that was kept and acknowledged after a time, and not given up; 0 = none. */
    long newestAcknowledgedSince(int key, long time) {
        return kept.get(key).descendingMap().values().stream()
                .filter(write -> !write.buried && write.at > time && write.acknowledged != Kept.NEVER)
                .mapToLong(write -> write.id)
                .findFirst()
                .orElse(0);
    }

    /** Checks what a reader got. */
    void read(int key, int instance, long start, @Nullable Long value, boolean latest, long trouble) {
        Kept own = newestAcknowledged(key, instance, start);
        Kept any = newestAcknowledged(key, Oracle.EVERYBODY, latest ? start : start - BehindPlan.BOUND.toNanos());
        long last = value == null ? newestDeletion(key) : idOf(key, value);
        if (last < 0) {
            wrong(key, "a read gave " + value + ", which nobody has written");
        }
        if (lastFailover > start - Times.millis(8_000)) {
            return;
        }
        if (own != null && trouble < own.acknowledged) {
            counts.ownReads++;
            if (last < own.id) {
                wrong(key, "instance " + instance + " read " + value + " after its own " + own);
            }
        }
        if (any != null && trouble < any.acknowledged) {
            counts.othersReads++;
            if (last < any.id) {
                wrong(key, "instance " + instance + " read " + value + " after " + any + " of " + any.instance);
            }
        }
    }

    private @Nullable Kept newestAcknowledged(int key, int instance, long before) {
        return kept.get(key).descendingMap().values().stream()
                .filter(write -> !write.buried && write.acknowledged <= before)
                .filter(write -> instance == Oracle.EVERYBODY || write.instance == instance)
                .findFirst()
                .orElse(null);
    }

    private long newestDeletion(int key) {
        return kept.get(key).descendingMap().values().stream()
                .filter(write -> write.value == DELETED)
                .mapToLong(write -> write.id)
                .findFirst()
                .orElse(0);
    }

    private long idOf(int key, long value) {
        return kept.get(key).descendingMap().values().stream()
                .filter(write -> write.value == value)
                .mapToLong(write -> write.id)
                .findFirst()
                .orElse(forgotten.getOrDefault(value, -1L));
    }
}
