package io.crema.internal.engine;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.Lease;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.Partitions;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.engine.ReadRequest.Purpose;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.near.NearTier;
import io.crema.internal.sync.OpenBus;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.Near;
import io.crema.policy.ReadClock;
import io.crema.spi.Ticker;

/**
 * The parts of a cache's engine that hold what is near and know what is under way, whose steps a test takes one by one.
 * What the remote tier says is the test's business.
 */
public final class OpenEngine {

    /** Nanoseconds that a confirmation is good for. */
    public static final long WINDOW = 1_000;

    private static final long FAR = Long.MAX_VALUE / 8;

    /** A read under way. */
    public static final class Read {

        private final Flight<Integer> flight;
        private final boolean leading;

        private Read(Flights.Place<Integer> place) {
            this.flight = place.flight();
            this.leading = place.leading();
        }

        /** Whether it is to ask and to install; else it waits for one that does. */
        public boolean isLeading() {
            return leading;
        }
    }

    private final CoherenceRules rules;
    private final HandMovedTime time = new HandMovedTime();
    private final InstanceClock clock = new InstanceClock(time);
    private final Partition partition;
    private final TagTable tags;
    private final NearTier<String, Integer> near;
    private final Flights<String, Integer> flights;
    private final OpenBus bus;

    /** Nothing is confirmed, and the sequence of messages begins after {@code lastSeen}. */
    public OpenEngine(CoherenceRules rules, long lastSeen) {
        this.rules = rules;
        Partitions partitions = new Partitions(1, rules);
        partition = partitions.get(0);
        tags = new TagTable(partitions.ofTags(), rules);
        Lease lease = Lease.unconfirmed();
        near = new NearTier<>(
                Near.entries(100),
                NearTier.Reserves.NONE,
                rules,
                clock,
                ReadClock.STRICT,
                lease,
                WINDOW,
                Runnable::run,
                (key, cause) -> {});
        flights = new Flights<>(rules, WINDOW);
        bus = new OpenBus(partitions, rules, lease, lastSeen);
    }

    /** Time passes; one thread at a time. */
    public void pass(long nanos) {
        long now = time.now;
        time.now = now + nanos;
    }

    public long now() {
        return clock.exact();
    }

    public NearTier<String, Integer> near() {
        return near;
    }

    public CoherenceRules rules() {
        return rules;
    }

    public OpenBus bus() {
        return bus;
    }

    /** Where the keys lie. */
    public Partition partition() {
        return partition;
    }

    /** Registers a read that begins now, or joins one. */
    public Read begin(String key) {
        Flight<Integer> mine = new Flight<>(rules, partition, tags, clock.coarse(), Flight.Leased.EVERYTHING);
        return new Read(flights.joinOrLead(key, Purpose.LOOK_UP, mine));
    }

    public void end(String key, Read read) {
        flights.finish(key, Purpose.LOOK_UP, read.flight);
    }

    /** Installs what a read found. */
    public void install(String key, Read read, int value, long stamp) {
        installAs(key, read, value, stamp, read.flight.generation);
    }

    /** As {@link #install}, with a generation that is not the read's. */
    public void installAs(String key, Read read, int value, long stamp, long generation) {
        NearEntry<Integer> entry =
                new NearEntry<>(value, partition, generation, FAR, stamp, 1, 1, now(), now(), FAR, 1);
        near.install(key, entry, read.flight::mustNotInstall);
    }

    /** As {@link CacheEngine}: what is under way learns of it first. */
    public void invalidated(String key, long stamp) {
        detach(key, stamp);
        boolean unused = near.evictOlder(key, partition, stamp);
    }

    /** Tells what is under way for a key, and only that. */
    public void detach(String key, long stamp) {
        flights.invalidated(key, stamp);
    }

    /** Nothing is ever due. */
    private static final class HandMovedTime implements Ticker {

        private volatile long now;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void schedule(long delayNanos, Runnable task) {}
    }
}
