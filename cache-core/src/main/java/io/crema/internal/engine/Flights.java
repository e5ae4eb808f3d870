package io.crema.internal.engine;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.engine.ReadRequest.Purpose;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Everything under way on a cache, by key. */
final class Flights<K, V> {

    /** The flight of a key, and whether the caller is the one who has to make it fly. */
    record Place<V>(Flight<V> flight, boolean leading) {}

    private final CoherenceRules rules;
    private final long window;

    /** What a reader may join: one that must not load does not wait for one that does. */
    private final Map<Purpose, ConcurrentHashMap<K, Flight<V>>> joinable = new EnumMap<>(Purpose.class);

    /** Writes, and reads that nobody may join any more, or never. */
    private final ConcurrentHashMap<K, List<Registered>> alone = new ConcurrentHashMap<>();

    Flights(CoherenceRules rules, long window) {
        this.rules = rules;
        this.window = window;
        for (Purpose purpose : Purpose.values()) {
            joinable.computeIfAbsent(purpose.shared(), shared -> new ConcurrentHashMap<>());
        }
    }

    /** The flight that a read joins, or a new one that it leads. */
    Place<V> joinOrLead(K key, Purpose purpose, Flight<V> mine) {
        ConcurrentHashMap<K, Flight<V>> table = table(purpose);
        for (; ; ) {
            Flight<V> current = table.get(key);
            if (current != null
                    && !current.isDetached()
                    && current.partition == mine.partition
                    && mayShareTags(current, mine)
                    && !current.isHitByTag()
                    && current.answersAt(mine.start)
                    && rules.mayJoin(
                            current.generation,
                            current.partition.generation(),
                            mine.leased,
                            mine.start,
                            current.start,
                            window)
                    && current.join()) {
                return new Place<>(current, false);
            }
            if (current == null) {
                if (table.putIfAbsent(key, mine) == null) {
                    return new Place<>(mine, true);
                }
            } else {
                // Detached first: once it has left the table, no invalidation would find it.
                current.detach();
                // Whoever waits for it is to be told when the cache is closed.
                add(key, current);
                if (table.replace(key, current, mine)) {
                    return new Place<>(mine, true);
                }
                remove(key, current);
            }
        }
    }

    /**
     * Whether what this instance knows of tags is enough to share a flight whose value has some. Without the lease of the
     * tag partition it has to be new by itself, as one is that asked the primary for versions because it had none either.
     */
    private boolean mayShareTags(Flight<?> current, Flight<?> mine) {
        return current.isUntagged() || mine.tagsLeased || !current.tagsLeased && mine.start - current.start < window;
    }

    void finish(K key, Purpose purpose, Flight<V> flight) {
        if (!table(purpose).remove(key, flight)) {
            remove(key, flight);
        }
    }

    /** Registers something that nobody joins. */
    void add(K key, Registered registered) {
        alone.compute(key, (k, before) -> {
            List<Registered> after = before == null ? new ArrayList<>(1) : new ArrayList<>(before);
            after.add(registered);
            return after;
        });
    }

    void remove(K key, Registered registered) {
        alone.computeIfPresent(key, (k, before) -> {
            List<Registered> after = new ArrayList<>(before);
            after.remove(registered);
            return after.isEmpty() ? null : after;
        });
    }

    /** Tells everything under way for a key; reads are detached, and the next reader takes their place. */
    void invalidated(K key, long stamp) {
        for (ConcurrentHashMap<K, Flight<V>> table : joinable.values()) {
            Flight<V> flight = table.get(key);
            if (flight != null) {
                flight.invalidated(stamp);
            }
        }
        List<Registered> others = alone.get(key);
        if (others != null) {
            others.forEach(registered -> registered.invalidated(stamp));
        }
    }

    /** Everything that somebody may be waiting for. */
    void forEach(Consumer<Registered> action) {
        joinable.values().forEach(table -> table.values().forEach(action));
        alone.values().forEach(list -> list.forEach(action));
    }

    private ConcurrentHashMap<K, Flight<V>> table(Purpose purpose) {
        return Objects.requireNonNull(joinable.get(purpose.shared()));
    }
}
