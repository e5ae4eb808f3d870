package io.crema.postgres.internal.changes;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Changes to apply together: for each feed its keys, or all. */
final class Batch {

    /** Above that, one clear costs less. */
    static final int MOST_KEYS = 10_000;

    private final Map<String, Keys> feeds = new LinkedHashMap<>();

    void add(Message message) {
        if (message instanceof Message.Keys keys) {
            of(keys.feed()).add(keys.keys());
        } else if (message instanceof Message.Clear clear) {
            of(clear.feed()).all();
        }
    }

    private Keys of(String feed) {
        return feeds.computeIfAbsent(feed, name -> new Keys());
    }

    Map<String, Keys> feeds() {
        return feeds;
    }

    boolean isEmpty() {
        return feeds.isEmpty();
    }

    /** The keys of one feed, without repetition. */
    static final class Keys {

        private final Set<String> keys = new LinkedHashSet<>();
        private boolean all;

        private void add(Iterable<String> more) {
            if (!all) {
                more.forEach(keys::add);
                if (keys.size() > MOST_KEYS) {
                    all();
                }
            }
        }

        private void all() {
            all = true;
            keys.clear();
        }

        boolean isAll() {
            return all;
        }

        Set<String> keys() {
            return keys;
        }
    }
}
