package io.crema.lincheck;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.engine.OpenEngine;
import io.crema.internal.entry.NearEntry;
import org.jspecify.annotations.Nullable;

/**
 * What one instance does, in the steps and with the classes of production over a real Caffeine. A subclass does one of
 * them wrong.
 */
class Instance {

    /** What the remote tier has of every key. */
    record Stored(int value, long stamp) {}

    /** The clock that the instance has seen when it begins. */
    static final long CLOCK = 5;

    final OpenEngine engine;

    /** What every key has in the remote tier. */
    volatile Stored stored = new Stored(1, CLOCK);

    Instance() {
        this(new CoherenceRules());
    }

    Instance(CoherenceRules rules) {
        engine = new OpenEngine(rules, CLOCK);
        engine.bus().confirm(engine.now());
    }

    /** The value that the near tier serves, or null. */
    @Nullable
    Integer hit(String key) {
        return valueOf(engine.near().hit(key));
    }

    static @Nullable Integer valueOf(@Nullable NearEntry<Integer> entry) {
        return entry == null ? null : entry.value;
    }

    /** A read that asks the remote tier, unless it joins one that does. */
    void fetch(String key) {
        OpenEngine.Read read = engine.begin(key);
        if (read.isLeading()) {
            install(key, read, stored);
            engine.end(key, read);
        }
    }

    void install(String key, OpenEngine.Read read, Stored found) {
        engine.install(key, read, found.value(), found.stamp());
    }

    /** A message says that a key was written. */
    void written(String key, long stamp) {
        engine.invalidated(key, stamp);
        engine.bus().advance(stamp);
    }

    /** The connection is new: its clock is compared, then a heartbeat is answered. */
    void resynchronise(long clock) {
        engine.bus().resynchronise(clock);
        confirm();
    }

    /** A message comes, with others missing before it, then a heartbeat is answered. */
    void gap(String key, long stamp) {
        written(key, stamp);
        confirm();
    }

    /** A heartbeat that was sent just now is answered. */
    void confirm() {
        engine.bus().confirm(engine.now() - 1);
    }
}
