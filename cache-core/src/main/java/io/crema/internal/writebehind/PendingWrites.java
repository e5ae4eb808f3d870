package io.crema.internal.writebehind;

import io.crema.spi.JournalEntry;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The writes of one partition that its owner has read and not finished, by key. The writes of a key keep their order: there
 * is never more than one of them under way, and where they are coalesced, the last one stands for all that wait. A key is
 * written once in a window at most.
 *
 * <p>Not thread-safe.
 */
final class PendingWrites {

    private static final int MOST_KEYS = 10_000;
    private static final long MOST_BYTES = 16 << 20;

    private final boolean coalescing;

    /** In the order in which they came. */
    private final Map<ByteBuffer, Key> keys = new LinkedHashMap<>();

    private long bytes;

    PendingWrites(boolean coalescing) {
        this.coalescing = coalescing;
    }

    private static final byte[] NO_PAYLOAD = {};

    /** One write that is to be made, and those that need not be made if it is; of these only what names them is kept. */
    private static final class Waiting {

        JournalEntry entry;
        final List<JournalEntry> replaced = new ArrayList<>();

        Waiting(JournalEntry entry) {
            this.entry = entry;
        }

        void replace(JournalEntry newer) {
            replaced.add(new JournalEntry(entry.id(), entry.key(), entry.cachedNull(), entry.codec(), NO_PAYLOAD));
            entry = newer;
        }

        /** In their order. */
        List<JournalEntry> all() {
            List<JournalEntry> all = new ArrayList<>(replaced);
            all.add(entry);
            return all;
        }
    }

    /** The writes of one key, in their order; at least one. */
    private static final class Key {

        final Deque<Waiting> waiting = new ArrayDeque<>();

        /** Whether the first is being made. */
        boolean underWay;

        /** Whether the origin has the first, but the journal was not told yet. */
        boolean written;

        /** How often the first has failed. */
        int failures;

        /** When it may be tried again; nanoseconds. */
        long notBefore = Long.MIN_VALUE;

        /** In which it was tried last. */
        long window = Long.MIN_VALUE;

        boolean mayCoalesce() {
            return waiting.size() > (underWay || written ? 1 : 0);
        }
    }

    /**
     * A write to be made.
     *
     * @param entries the writes that are done by it, in their order; itself is the last
     * @param attempt how often it is tried, this time included
     * @param isWritten whether the origin has it already, and only the journal must be told
     */
    record Item(JournalEntry entry, List<JournalEntry> entries, int attempt, boolean isWritten) {}

    /** One more, later than all before. */
    void add(JournalEntry entry) {
        Key key = keys.computeIfAbsent(ByteBuffer.wrap(entry.key()), name -> new Key());
        bytes += entry.payload().length;
        if (coalescing && key.mayCoalesce()) {
            Waiting last = key.waiting.getLast();
            bytes -= last.entry.payload().length;
            last.replace(entry);
            if (key.waiting.size() == 1) {
                // Another value: what was wrong with the one before need not be wrong with it.
                key.failures = 0;
            }
        } else {
            key.waiting.add(new Waiting(entry));
        }
    }

    /** Whether no more should be read before some are done. */
    boolean isFull() {
        return keys.size() >= MOST_KEYS || bytes >= MOST_BYTES;
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Writes of different keys that are due; they are under way from now on. */
    List<Item> take(int most, long now, long window) {
        List<Item> items = new ArrayList<>();
        for (Key key : keys.values()) {
            if (items.size() == most) {
                break;
            }
            if (!key.underWay && key.window < window && key.notBefore <= now) {
                key.underWay = true;
                key.window = window;
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
        key.underWay = false;
        key.written = false;
        key.failures = 0;
        key.notBefore = Long.MIN_VALUE;
        if (key.waiting.isEmpty()) {
            keys.remove(name);
        }
    }

    /** The origin has it, but the journal could not be told. */
    void notNoted(Item item) {
        Key key = underWay(item);
        key.underWay = false;
        key.written = true;
    }

    /** It is tried again from a moment on. */
    void failed(Item item, long notBefore) {
        Key key = underWay(item);
        key.underWay = false;
        key.notBefore = notBefore;
        key.failures = item.attempt();
        if (coalescing && key.waiting.size() > 1) {
            supersedeFirst(key);
        }
    }

    /** What came while it was under way stands for it. */
    private void supersedeFirst(Key key) {
        Waiting failed = key.waiting.removeFirst();
        bytes -= failed.entry.payload().length;
        Waiting newer = key.waiting.removeFirst();
        newer.replaced.forEach(failed::replace);
        failed.replace(newer.entry);
        key.waiting.addFirst(failed);
        key.failures = 0;
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

    /** Forgets everything; nothing may be under way. */
    void clear() {
        keys.clear();
        bytes = 0;
    }
}
