package io.crema.postgres.internal.changes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a standby has received and the forwarder has not yet confirmed, in the order of the channel, which is the same for
 * all who listen. So the one that takes over knows exactly what may be undone.
 *
 * <p>Not thread-safe.
 */
final class Backlog {

    private final Deque<Item> items = new ArrayDeque<>();
    private int changes;
    private boolean covering;

    /** Whether everything that may be undone is here; not so until the forwarder has confirmed what came before us. */
    boolean isCovering() {
        return covering;
    }

    void add(Message change, long now) {
        items.add(new Item(change, now));
        changes++;
        if (changes > Batch.MOST_KEYS) {
            shorten();
        }
    }

    /** A clear for each feed in place of all its changes, as old as the oldest. */
    private void shorten() {
        Set<String> feeds = new LinkedHashSet<>();
        long since = items.getFirst().since;
        for (Item item : items) {
            if (item.message instanceof Message.Keys keys) {
                feeds.add(keys.feed());
            } else if (item.message instanceof Message.Clear clear) {
                feeds.add(clear.feed());
            }
        }
        items.clear();
        feeds.forEach(feed -> items.add(new Item(new Message.Clear(feed), since)));
        changes = items.size();
    }

    /** Drops what the forwarder has confirmed by a mark. */
    void addMark(Message.Mark mark, long now) {
        if (mark.applied() > 0 && items.stream().anyMatch(item -> isMark(item, mark.forwarder(), mark.applied()))) {
            while (!isMark(items.getFirst(), mark.forwarder(), mark.applied())) {
                remove();
            }
            covering = true;
        }
        items.add(new Item(mark, now));
    }

    private static boolean isMark(Item item, String forwarder, long number) {
        return item.message instanceof Message.Mark mark
                && mark.number() == number
                && mark.forwarder().equals(forwarder);
    }

    private Item remove() {
        Item item = items.removeFirst();
        if (!(item.message instanceof Message.Mark)) {
            changes--;
        }
        return item;
    }

    /** Takes out what came before {@code until}, a time as {@link System#nanoTime()}. */
    Batch takeOlderThan(long until) {
        Batch batch = new Batch();
        while (!items.isEmpty() && items.getFirst().since - until < 0) {
            batch.add(remove().message);
        }
        return batch;
    }

    Batch takeAll() {
        Batch batch = new Batch();
        items.forEach(item -> batch.add(item.message));
        items.clear();
        changes = 0;
        return batch;
    }

    private record Item(Message message, long since) {}
}
