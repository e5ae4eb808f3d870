package io.crema.internal.writebehind;

import io.crema.spi.JournalEntry;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The writes of one partition that its owner has read and not finished, by key. The writes of a key keep their order: there
 * is never more than one of them under way, and where they are coalesced, the last one stands for all that wait, and a key
 * is written once in a window at most.
 *
 * <p>A write that cannot be read holds up those of its key that came later, unless one of these stands for it.
 *
 * <p>Not thread-safe.
 */
final class PendingWrites {

    private static final int MOST_KEYS = 10_000;
    private static final int MOST_WRITES = 100_000;
    private static final long MOST_BYTES = 16 << 20;
    private static final byte[] NO_PAYLOAD = {};

    private final boolean coalescing;

    /** In the order in which they came. */
    private final Map<ByteBuffer, Key> keys = new LinkedHashMap<>();

    /** Keys whose last write cannot be read, with the first id that it stands for. */
    private final Map<ByteBuffer, Long> unreadable = new HashMap<>();

    /** As {@link #unreadable}, of keys that are read anew from that id on. */
    private final Map<ByteBuffer, Long> anew = new HashMap<>();

    /** The keys that were written in the last window in which any was. */
    private final Set<ByteBuffer> writtenInIt = new HashSet<>();

    private long writtenWindow = Long.MIN_VALUE;

    private long lastId;
    private long writes;
    private long bytes;

    PendingWrites(boolean coalescing) {
        this.coalescing = coalescing;
    }

    /** One write that is to be made, and those that need not be made if it is; of these only what names them is kept. */
    private static final class Waiting {

        JournalEntry entry;
        final List<JournalEntry> replaced = new ArrayList<>();

        /** One array for all that are replaced. */
        private final byte[] key;

        Waiting(JournalEntry entry) {
            this.entry = entry;
            this.key = entry.key();
        }

        void replace(JournalEntry newer) {
            replaced.add(new JournalEntry(entry.id(), key, entry.cachedNull(), entry.codec(), NO_PAYLOAD));
            entry = newer;
        }

        /** In their order. */
        List<JournalEntry> all() {
            List<JournalEntry> all = new ArrayList<>(replaced);
            all.add(entry);
            return all;
        }

        long firstId() {
            return replaced.isEmpty() ? entry.id() : replaced.get(0).id();
        }
    }

    /** The writes of one key, in their order; at least one. */
    private static final class Key {

        final Deque<Waiting> waiting = new ArrayDeque<>();

        /** Whether the first is being made. */
        boolean underWay;

        /** Whether the origin has the first, but the journal was not told yet. */
        boolean written;

        /** How often in a row it has failed, also with what the first has replaced: the fault may be the key's. */
        int failures;

        /** With how many it may be made at a time: fewer after each time that it failed together with others. */
        int most = Integer.MAX_VALUE;

        /** When it may be tried again; nanoseconds. */
        long notBefore = Long.MIN_VALUE;

        /** In which it was tried last. */
        long window = Long.MIN_VALUE;

        boolean mayCoalesce() {
            return waiting.size() > (underWay || written ? 1 : 0);
        }

        boolean isDue(Moment moment) {
            return !underWay
                    && window < moment.window
                    && notBefore <= moment.nanos
                    && (failures == 0 || moment.retries)
                    && waiting.getFirst().entry.readable();
        }

        /** What failed has gone. */
        void begin() {
            failures = 0;
            most = Integer.MAX_VALUE;
        }
    }

    /**
     * When is asked what is due.
     *
     * @param window in each of which a key is written once, if its writes are coalesced
     * @param retries whether what has failed may be tried again
     */
    record Moment(long nanos, long window, boolean retries) {}

    /**
     * A write to be made.
     *
     * @param entries the writes that are done by it, in their order; itself is the last
     * @param attempt how often it is tried, this time included
     * @param isWritten whether the origin has it already, and only the journal must be told
     */
    record Item(JournalEntry entry, List<JournalEntry> entries, int attempt, boolean isWritten) {}

    /**
     * Writes of a key that need not be made.
     *
     * @param entries in their order
     * @param by the later write that stands for them
     */
    record Superseded(List<JournalEntry> entries, JournalEntry by) {}

    /**
     * One more, later than all before; those that were read before change nothing.
     *
     * @return whether it cannot be read, and was not known before
     */
    boolean add(JournalEntry entry) {
        ByteBuffer name = ByteBuffer.wrap(entry.key());
        boolean known = entry.id() <= lastId;
        if (known && anew.getOrDefault(name, Long.MAX_VALUE) > entry.id()) {
            return false;
        }
        lastId = Math.max(lastId, entry.id());
        Key key = keys.computeIfAbsent(name, this::newKey);
        boolean afterUnreadable = unreadable.containsKey(name);
        if (afterUnreadable && !coalescing) {
            // It is read again when the one before it is.
            return false;
        }
        add(key, entry, afterUnreadable);
        if (entry.readable()) {
            unreadable.remove(name);
        } else {
            unreadable.put(name, key.waiting.getLast().firstId());
        }
        return !entry.readable() && !known;
    }

    private Key newKey(ByteBuffer name) {
        Key key = new Key();
        if (writtenInIt.contains(name)) {
            key.window = writtenWindow;
        }
        return key;
    }

    /** One that cannot be read does not stand for one that can be. */
    private void add(Key key, JournalEntry entry, boolean afterUnreadable) {
        writes++;
        bytes += entry.payload().length;
        if (coalescing && key.mayCoalesce() && (entry.readable() || afterUnreadable)) {
            Waiting last = key.waiting.getLast();
            bytes -= last.entry.payload().length;
            last.replace(entry);
        } else {
            key.waiting.add(new Waiting(entry));
        }
    }

    /** Whether no more should be read before some are done. What cannot be read does not count: that may last. */
    boolean isFull() {
        return keys.size() - unreadable.size() >= MOST_KEYS || writes >= MOST_WRITES || bytes >= MOST_BYTES;
    }

    /** Whether something is left that can be read. */
    boolean isLeft() {
        return keys.values().stream()
                .anyMatch(key -> key.waiting.getFirst().entry.readable());
    }

    /** The highest id that was added. */
    long lastId() {
        return lastId;
    }

    /** Of how many keys the last write cannot be read. */
    int unreadable() {
        return unreadable.size();
    }

    /** The first write that cannot be read, or that one stands for which cannot be; 0 = there is none. */
    long firstUnreadable() {
        return unreadable.values().stream().mapToLong(Long::longValue).min().orElse(0);
    }

    /** Of each key for which so many writes need not be made, and none is under way. */
    List<Superseded> superseded(int least) {
        return keys.values().stream()
                .filter(key -> !key.underWay && !key.written)
                .map(key -> key.waiting.getFirst())
                .filter(first -> first.replaced.size() >= least && first.entry.readable())
                .map(first -> new Superseded(List.copyOf(first.replaced), first.entry))
                .toList();
    }

    /** They are not in the journal any more. */
    void forget(Superseded gone) {
        Key key = keys.get(ByteBuffer.wrap(gone.by().key()));
        if (key != null) {
            key.waiting.getFirst().replaced.subList(0, gone.entries().size()).clear();
            writes -= gone.entries().size();
        }
    }

    /** Whether so many keys are due; if very many were written in this window already, the rest is left to the next. */
    boolean holds(int batch, Moment moment) {
        return keys.size() >= batch
                && writtenInIt.size() < MOST_KEYS
                && keys.values().stream()
                                .filter(key -> key.isDue(moment))
                                .limit(batch)
                                .count()
                        == batch;
    }

    /** Writes of different keys that are due; they are under way from now on. */
    List<Item> take(int most, Moment moment) {
        List<Item> items = new ArrayList<>();
        int limit = most;
        for (Key key : keys.values()) {
            if (items.size() >= limit) {
                break;
            }
            if (key.isDue(moment) && items.size() < key.most) {
                limit = Math.min(limit, key.most);
                key.underWay = true;
                key.window = coalescing ? moment.window : Long.MIN_VALUE;
                Waiting first = key.waiting.getFirst();
                items.add(new Item(first.entry, first.all(), key.failures + 1, key.written));
            }
        }
        return items;
    }

    /** The origin has it, and the journal knows; or it was given up. */
    void done(Item item) {
        ByteBuffer name = ByteBuffer.wrap(item.entry().key());
        Key key = underWay(item);
        Waiting first = key.waiting.removeFirst();
        bytes -= first.entry.payload().length;
        writes -= item.entries().size();
        key.underWay = false;
        key.written = false;
        key.notBefore = Long.MIN_VALUE;
        key.begin();
        if (key.waiting.isEmpty()) {
            keys.remove(name);
            wasWritten(name, key.window);
        }
    }

    private void wasWritten(ByteBuffer name, long window) {
        if (!coalescing) {
            return;
        }
        if (window > writtenWindow) {
            writtenInIt.clear();
            writtenWindow = window;
        }
        if (window == writtenWindow) {
            writtenInIt.add(name);
        }
    }

    /** The origin has it, but the journal could not be told. */
    void notNoted(Item item) {
        Key key = underWay(item);
        key.underWay = false;
        key.written = true;
    }

    /**
     * It is tried again from a moment on.
     *
     * @param together with how many at most
     */
    void failed(Item item, long notBefore, int together) {
        Key key = underWay(item);
        key.underWay = false;
        key.notBefore = notBefore;
        key.failures = item.attempt();
        key.most = together;
        supersedeFirst(key);
    }

    /** That they failed together was no write's fault. What has failed alone stays alone. */
    void writeTogetherAgain() {
        for (Key key : keys.values()) {
            if (key.most > 1) {
                key.most = Integer.MAX_VALUE;
            }
        }
    }

    /** What came while it was under way stands for it, if it can be read. */
    private void supersedeFirst(Key key) {
        if (!coalescing || key.waiting.size() == 1) {
            return;
        }
        Waiting failed = key.waiting.removeFirst();
        Waiting newer = key.waiting.removeFirst();
        if (newer.entry.readable()) {
            bytes -= failed.entry.payload().length;
            newer.replaced.forEach(failed::replace);
            failed.replace(newer.entry);
        } else {
            key.waiting.addFirst(newer);
        }
        key.waiting.addFirst(failed);
    }

    /** It turned out that it cannot be read: what came since stands for it, or waits to be read again with it. */
    void unreadable(Item item) {
        Key key = underWay(item);
        key.underWay = false;
        Waiting first = key.waiting.removeFirst();
        bytes -= first.entry.payload().length;
        first.entry = JournalEntry.unreadable(first.entry.id(), first.entry.key());
        while (!key.waiting.isEmpty() && !(coalescing && first.entry.readable())) {
            Waiting newer = key.waiting.removeFirst();
            if (coalescing) {
                newer.replaced.forEach(first::replace);
                first.replace(newer.entry);
                key.begin();
            } else {
                bytes -= newer.entry.payload().length;
                writes--;
            }
        }
        key.waiting.addFirst(first);
        if (!first.entry.readable()) {
            unreadable.put(ByteBuffer.wrap(item.entry().key()), first.firstId());
        }
    }

    /** What its key is tried again at was not its fault: it is due at once. */
    void notTried(Item item) {
        Key key = underWay(item);
        key.underWay = false;
        key.window = Long.MIN_VALUE;
    }

    private Key underWay(Item item) {
        Key key = keys.get(ByteBuffer.wrap(item.entry().key()));
        if (key == null || !key.underWay) {
            throw new IllegalStateException("The write " + item.entry().id() + " is not under way");
        }
        return key;
    }

    /** Forgets what cannot be read, to be added again: it may have gone, or something may have come that stands for it. */
    void forgetUnreadable() {
        anew.clear();
        anew.putAll(unreadable);
        unreadable.keySet().forEach(name -> {
            Key key = keys.get(name);
            if (key != null) {
                writes -= key.waiting.removeLast().all().size();
                if (key.waiting.isEmpty()) {
                    keys.remove(name);
                }
            }
        });
        unreadable.clear();
    }

    /** Forgets everything; nothing may be under way. */
    void clear() {
        keys.clear();
        unreadable.clear();
        anew.clear();
        writtenInIt.clear();
        lastId = 0;
        writes = 0;
        bytes = 0;
    }
}
