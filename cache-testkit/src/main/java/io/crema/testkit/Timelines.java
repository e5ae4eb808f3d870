package io.crema.testkit;

import io.crema.ReadConsistency;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The first reading of the histories: what was written, acknowledged and seen, and when. All times are distances
 * ({@link Timebase}), acknowledgements are those that count ({@link Losses}).
 */
final class Timelines implements HistoryReader.Events {

    /** Histories of one name by one process. */
    private record Instance(String name, long process) {}

    private final Timebase base;
    private final Losses losses;
    private final KeyIndex keys = new KeyIndex();
    private final List<KeyTimeline> byKey = new ArrayList<>();
    private final Map<Instance, InstanceTimeline> instances = new HashMap<>();
    private InstanceTimeline instance = new InstanceTimeline();
    private Path file = Path.of("");
    private long writes;
    private long invalidations;

    Timelines(Timebase base, Losses losses) {
        this.base = base;
        this.losses = losses;
    }

    /** A history follows. */
    void begin(Path history, HistoryHeader header) {
        file = history;
        instance = instances.computeIfAbsent(
                new Instance(header.instance(), header.process()), any -> new InstanceTimeline());
    }

    @Override
    public void read(
            long key, long version, long startNanos, long endNanos, ReadTier tier, ReadConsistency consistency) {
        long end = end(startNanos, endNanos);
        int number = number(key);
        if (consistency != ReadConsistency.EVENTUAL) {
            instance.seen(number, version, end);
        }
    }

    @Override
    public void written(long key, long version, long startNanos, long endNanos) {
        end(startNanos, endNanos);
        writes++;
        byKey.get(number(key)).written(version, base.at(startNanos));
    }

    @Override
    public void invalidated(long key, long version, long startNanos, long ackNanos) {
        long ack = losses.counts(key, end(startNanos, ackNanos));
        invalidations++;
        int number = number(key);
        byKey.get(number).invalidated(version, ack);
        instance.acked(number, version, ack);
    }

    private long end(long startNanos, long endNanos) {
        long start = base.checked(startNanos, file);
        long end = base.checked(endNanos, file);
        if (end < start) {
            throw new HistoryException(
                    file + " holds an event that ends before it starts: from " + startNanos + " until " + endNanos);
        }
        return end;
    }

    private int number(long key) {
        int number = keys.add(key);
        if (number == byKey.size()) {
            byKey.add(new KeyTimeline());
        }
        return number;
    }

    void seal() {
        byKey.forEach(KeyTimeline::seal);
        instances.values().forEach(InstanceTimeline::seal);
    }

    long writes() {
        return writes;
    }

    long invalidations() {
        return invalidations;
    }

    /** The number of a key that was in the first reading. */
    int known(long key, Path history) {
        int number = keys.of(key);
        if (number == KeyIndex.NONE) {
            throw changed(history);
        }
        return number;
    }

    private static HistoryException changed(Path history) {
        return new HistoryException(history + " has changed while it was read");
    }

    KeyTimeline key(int number) {
        return byKey.get(number);
    }

    /** The instance of a history that was in the first reading. */
    InstanceTimeline instance(HistoryHeader header, Path history) {
        InstanceTimeline known = instances.get(new Instance(header.instance(), header.process()));
        if (known == null) {
            throw changed(history);
        }
        return known;
    }
}
