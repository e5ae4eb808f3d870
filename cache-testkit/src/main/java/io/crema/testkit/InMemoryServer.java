package io.crema.testkit;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.CacheTerms;
import io.crema.spi.RemoteKey;
import io.crema.spi.Ticker;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A remote tier in memory, shared by the instances that {@link #connect} to it: the protocol's semantics without a
 * network, for tests that decide themselves what happens when.
 *
 * <p>It has no thread. An operation is executed on the thread that asks for it; messages are delivered on that thread
 * to every instance before the reply is, unless a fault holds them or another thread is delivering to that instance.
 * Its time is the ticker's. What it does when it is lost, restarted or rolled back is what a real server does; faults of
 * one instance's connections are on {@link InMemoryRemote}. Thread-safe.
 */
public final class InMemoryServer {

    /** Where the server's clock starts, in microseconds since the epoch: a large number, as a real one. */
    private static final long EPOCH_MICROS = 1_750_000_000_000_000L;

    private static final int DEFAULT_PARTITIONS = 4;

    private final Ticker ticker;
    private final long originNanos;
    private final Object lock = new Object();
    private final List<InMemoryRemote> instances = new CopyOnWriteArrayList<>();
    private final Map<Operation, Integer> executed = new EnumMap<>(Operation.class);
    /** Seeded: a run repeats itself. Not part of the data: what was lost is not issued again. */
    private final Random tokens = new Random(1);

    /** Where a partition lies that was moved. */
    private final Map<Place, Integer> moved = new HashMap<>();

    private final List<InMemoryPrimary> primaries = new ArrayList<>();
    private int histories;
    private volatile boolean relayed;

    private record Place(String cache, int partition) {}

    private InMemoryServer(Ticker ticker, int count) {
        this.ticker = ticker;
        this.originNanos = ticker.nanos();
        for (int primary = 0; primary < count; primary++) {
            primaries.add(new InMemoryPrimary(newHistory()));
        }
    }

    /** An empty server of one primary. */
    public static InMemoryServer create(Ticker ticker) {
        return create(ticker, 1);
    }

    /**
     * An empty server of several primaries, as a cluster: partition p of each cache lies at primary p modulo their number
     * until it is moved. Each bus has a connection to each of them.
     */
    public static InMemoryServer create(Ticker ticker, int primaries) {
        if (primaries < 1) {
            throw new IllegalArgumentException("A server has at least 1 primary, not " + primaries);
        }
        return new InMemoryServer(ticker, primaries);
    }

    /** A new instance, with connections of its own, that wants 4 partitions. */
    public InMemoryRemote connect() {
        return connect(DEFAULT_PARTITIONS);
    }

    /** A new instance that sets a number of partitions for the caches it opens first, and adopts it for others. */
    public InMemoryRemote connect(int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("A cache has at least 1 partition, not " + partitions);
        }
        InMemoryRemote instance = new InMemoryRemote(this, partitions);
        instances.add(instance);
        return instance;
    }

    /** The server's clock in microseconds since the epoch. */
    public long micros() {
        return EPOCH_MICROS + Math.floorDiv(ticker.nanos() - originNanos, 1000L);
    }

    /** The clock of a partition; 0 if it has none. */
    public long clock(String cache, int partition) {
        synchronized (lock) {
            return store(cache, partition).clock();
        }
    }

    /** The floor of a partition; 0 if it has none. */
    public long floor(String cache, int partition) {
        synchronized (lock) {
            return store(cache, partition).floor();
        }
    }

    /** How many operations of a kind were executed for all instances. */
    public int executed(Operation operation) {
        synchronized (lock) {
            return executed.getOrDefault(operation, 0);
        }
    }

    /** Loses a partition's clock, as by eviction; nothing tells anybody. */
    public void loseClock(String cache, int partition) {
        synchronized (lock) {
            store(cache, partition).loseClock();
        }
    }

    /** Loses a key's record, as by eviction; nothing tells anybody. */
    public void loseRecord(String cache, int partition, byte[] key) {
        synchronized (lock) {
            store(cache, partition).lose(key);
        }
    }

    /** Loses the version of a tag, as by eviction; nothing tells anybody. */
    public void loseTag(String cache, String tag) {
        synchronized (lock) {
            primaries.forEach(primary -> primary.loseTag(cache, tag));
        }
    }

    /** Puts a record there that no instance of this version can read. */
    public void plantOpaque(String cache, int partition, byte[] key) {
        synchronized (lock) {
            store(cache, partition).plantOpaque(key);
        }
    }

    /** Makes the writes of a key in the journal, and its dead letters, ones that no instance of this version can read. */
    public void makeUnreadable(String cache, int partition, byte[] key) {
        synchronized (lock) {
            store(cache, partition).journal().makeUnreadable(new RemoteKey(partition, key));
        }
    }

    /** Publishes a message of a partition that no instance of this version can read. */
    public void publishUnreadable(String cache, int partition) {
        execute(() -> {
            publish(cache, partition, (listener, over) -> listener.onUnreadable(over, cache, partition));
            return true;
        });
        deliver();
    }

    /** From now on the buses say that single messages may get lost without a connection being lost. */
    public void relayMessages() {
        relayed = true;
    }

    /**
     * Moves a partition with all that is in it to another primary. Each bus is told that it has gone from the one
     * connection, and then that it has come to the other.
     */
    public void movePartition(String cache, int partition, int toPrimary) {
        int from;
        synchronized (lock) {
            from = primaryOf(cache, partition);
            if (from == toPrimary) {
                return;
            }
            primaries.get(from).moveStore(cache, partition, primaries.get(toPrimary));
            moved.put(new Place(cache, partition), toPrimary);
            instances.forEach(instance -> instance.bus().link(from).unsubscribe(cache, partition));
        }
        deliver();
        synchronized (lock) {
            instances.forEach(instance -> instance.bus().link(toPrimary).assign());
        }
        deliver();
    }

    /** Forgets all data, in the same histories and with all connections intact. */
    public void flushAll() {
        synchronized (lock) {
            primaries.replaceAll(primary -> new InMemoryPrimary(primary.history()));
        }
    }

    /** Restarts all primaries without data: all connections are lost and made anew, the histories are others. */
    public void restartEmpty() {
        allPrimaries().forEach(primary -> replace(primary, new InMemoryPrimary("")));
        deliver();
    }

    /** As {@link #restartEmpty()}, for one primary. */
    public void restartEmpty(int primary) {
        replace(primary, new InMemoryPrimary(""));
        deliver();
    }

    /** The data as it is now. */
    public Snapshot snapshot() {
        synchronized (lock) {
            return new Snapshot(primaries.stream()
                    .map(primary -> primary.copy(primary.history()))
                    .toList());
        }
    }

    /** Replicas with earlier data become primaries: all connections are lost and made anew, the histories are others. */
    public void failover(Snapshot earlier) {
        allPrimaries().forEach(primary -> replace(primary, earlier.primaries.get(primary)));
        deliver();
    }

    /** As {@link #failover(Snapshot)}, of one primary. */
    public void failover(int primary, Snapshot earlier) {
        replace(primary, earlier.primaries.get(primary));
        deliver();
    }

    /** Puts earlier data back with connections and histories unchanged, so that only the clocks tell. */
    public void rollback(Snapshot earlier) {
        allPrimaries().forEach(primary -> rollback(primary, earlier));
    }

    /** As {@link #rollback(Snapshot)}, of one primary. */
    public void rollback(int primary, Snapshot earlier) {
        synchronized (lock) {
            String history = primaries.get(primary).history();
            primaries.set(primary, earlier.primaries.get(primary).copy(history));
        }
    }

    /** Gives all primaries other histories, with their data and all connections as they are. */
    public void changeHistories() {
        synchronized (lock) {
            primaries.replaceAll(primary -> primary.copy(newHistory()));
        }
    }

    private void replace(int primary, InMemoryPrimary other) {
        synchronized (lock) {
            primaries.set(primary, other.copy(newHistory()));
            for (InMemoryRemote instance : instances) {
                InMemoryLink link = instance.bus().link(primary);
                link.lose();
                link.connect();
            }
        }
    }

    private String newHistory() {
        histories++;
        return "history-" + histories;
    }

    private IntStream allPrimaries() {
        return IntStream.range(0, primaries.size());
    }

    // What instances ask for. Everything below but deliver() holds the lock.

    Object lock() {
        return lock;
    }

    /** Executes an operation atomically. */
    <T> T execute(Supplier<T> operation) {
        synchronized (lock) {
            return operation.get();
        }
    }

    void count(Operation operation) {
        executed.merge(operation, 1, Integer::sum);
    }

    int primaries() {
        return primaries.size();
    }

    int primaryOf(String cache, int partition) {
        return moved.getOrDefault(new Place(cache, partition), partition % primaries.size());
    }

    boolean isRelayed() {
        return relayed;
    }

    PartitionStore store(String cache, int partition) {
        return primaries.get(primaryOf(cache, partition)).store(cache, partition, tokens::nextLong);
    }

    /** The terms under which a cache is there, its clocks running; sets them if it is not. */
    InMemoryPrimary.Agreement agree(CacheTerms terms, int partitions) {
        InMemoryPrimary.Agreement agreed =
                primaries.get(0).agree(terms.cache(), new InMemoryPrimary.Agreement(terms.keyFormat(), partitions));
        for (int partition = 0; partition <= agreed.partitions(); partition++) {
            store(terms.cache(), partition).startClock(0, micros());
        }
        return agreed;
    }

    String history(int primary) {
        return primaries.get(primary).history();
    }

    /** Those of a cache's partitions that lie at a primary, of so many and that of the tags; none if 0. */
    Set<Integer> partitionsAt(int primary, String cache, int partitions) {
        return IntStream.rangeClosed(0, partitions)
                .filter(partition -> partitions > 0 && primaryOf(cache, partition) == primary)
                .boxed()
                .collect(Collectors.toSet());
    }

    BusPosition position(int primary, String cache, Set<Integer> partitions) {
        Map<Integer, BusPosition.At> found = new HashMap<>();
        for (int partition : partitions) {
            PartitionStore store = store(cache, partition);
            found.put(partition, new BusPosition.At(store.clock(), store.floor()));
        }
        return new BusPosition(history(primary), found);
    }

    /** Writes that an instance is there; returns the time that was written, in milliseconds. */
    long beat(int primary, InMemoryRemote instance) {
        long now = Math.floorDiv(micros(), 1000L);
        primaries.get(primary).beat(instance, now);
        return now;
    }

    /** What {@link #beat} wrote last, as far as the primary remembers; else 0. */
    long lastBeat(int primary, InMemoryRemote instance) {
        return primaries.get(primary).lastBeat(instance, Math.floorDiv(micros(), 1000L));
    }

    void publish(String cache, int partition, BiConsumer<BusListener, BusConnection> message) {
        int primary = primaryOf(cache, partition);
        instances.forEach(instance -> instance.bus().offer(primary, cache, partition, message));
    }

    void forget(InMemoryRemote instance) {
        instances.remove(instance);
    }

    /** Delivers what waits on each connection that is not held. Never called under the lock. */
    void deliver() {
        RuntimeException failure = null;
        for (InMemoryRemote instance : instances) {
            try {
                instance.bus().drain();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Data of a server at one time. */
    public static final class Snapshot {

        private final List<InMemoryPrimary> primaries;

        private Snapshot(List<InMemoryPrimary> primaries) {
            this.primaries = primaries;
        }
    }
}
