package io.crema.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** What one primary of the server in memory knows, and which history that has. Guarded by the server's lock. */
final class InMemoryPrimary {

    /** How long a heartbeat is remembered. */
    private static final long BEAT_KEPT_MILLIS = 60_000;

    private final String history;
    private final Map<String, Agreement> agreements = new HashMap<>();
    private final Map<StoreId, PartitionStore> stores = new HashMap<>();
    private final Map<InMemoryRemote, Long> beats = new HashMap<>();

    record Agreement(String keyFormat, int partitions) {}

    private record StoreId(String cache, int partition) {}

    InMemoryPrimary(String history) {
        this.history = history;
    }

    InMemoryPrimary copy(String newHistory) {
        InMemoryPrimary copy = new InMemoryPrimary(newHistory);
        copy.agreements.putAll(agreements);
        stores.forEach((id, store) -> copy.stores.put(id, store.copy()));
        copy.beats.putAll(beats);
        return copy;
    }

    String history() {
        return history;
    }

    /** The terms of a cache; those offered if there are none. */
    Agreement agree(String cache, Agreement offered) {
        return agreements.computeIfAbsent(cache, name -> offered);
    }

    PartitionStore store(String cache, int partition, LongSupplier tokens) {
        return stores.computeIfAbsent(new StoreId(cache, partition), id -> new PartitionStore(tokens));
    }

    void moveStore(String cache, int partition, InMemoryPrimary to) {
        StoreId id = new StoreId(cache, partition);
        PartitionStore moved = stores.remove(id);
        if (moved != null) {
            to.stores.put(id, moved);
        }
    }

    void loseTag(String cache, String tag) {
        stores.forEach((id, store) -> {
            if (id.cache.equals(cache)) {
                store.tags().lose(tag);
            }
        });
    }

    void beat(InMemoryRemote instance, long nowMillis) {
        beats.put(instance, nowMillis);
    }

    /** When the instance's last heartbeat was, in milliseconds of the server's time; 0 if none is remembered. */
    long lastBeat(InMemoryRemote instance, long nowMillis) {
        long beat = beats.getOrDefault(instance, 0L);
        return nowMillis - beat < BEAT_KEPT_MILLIS ? beat : 0;
    }
}
