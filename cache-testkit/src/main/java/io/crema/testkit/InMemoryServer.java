package io.crema.testkit;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.CacheTerms;
import io.crema.spi.Ticker;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
    private Data data = new Data();
    private int histories = 1;

    private InMemoryServer(Ticker ticker) {
        this.ticker = ticker;
        this.originNanos = ticker.nanos();
    }

    /** An empty server. */
    public static InMemoryServer create(Ticker ticker) {
        return new InMemoryServer(ticker);
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

    /** Puts a record there that no instance of this version can read. */
    public void plantOpaque(String cache, int partition, byte[] key) {
        synchronized (lock) {
            store(cache, partition).plantOpaque(key);
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

    /** Forgets all data, in the same history and with all connections intact. */
    public void flushAll() {
        synchronized (lock) {
            data = new Data().copy(data.history);
        }
    }

    /** Restarts without data: all connections are lost and made anew, the history is another. */
    public void restartEmpty() {
        replace(new Data());
    }

    /** The data as it is now. */
    public Snapshot snapshot() {
        synchronized (lock) {
            return new Snapshot(data.copy(data.history));
        }
    }

    /**
     * Goes back to earlier data in another history, as a failover that loses the writes since: all connections are lost
     * and made anew.
     */
    public void failover(Snapshot earlier) {
        replace(earlier.data);
    }

    /** Goes back to earlier data with connections and history unchanged, so that only the clocks tell. */
    public void rollback(Snapshot earlier) {
        synchronized (lock) {
            data = earlier.data.copy(data.history);
        }
    }

    private void replace(Data other) {
        synchronized (lock) {
            histories++;
            data = other.copy("history-" + histories);
            instances.forEach(instance -> instance.bus().lose());
            instances.forEach(instance -> instance.bus().connect());
        }
        deliver();
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

    PartitionStore store(String cache, int partition) {
        return data.stores.computeIfAbsent(new StoreId(cache, partition), id -> new PartitionStore());
    }

    /** The terms under which a cache is there, its clocks running; sets them if it is not. */
    Agreement agree(CacheTerms terms, int partitions) {
        Agreement agreed =
                data.agreements.computeIfAbsent(terms.cache(), name -> new Agreement(terms.keyFormat(), partitions));
        for (int partition = 0; partition <= agreed.partitions(); partition++) {
            store(terms.cache(), partition).startClock(micros());
        }
        return agreed;
    }

    String history() {
        return data.history;
    }

    /** The partitions of a cache, that of its tags included. */
    Set<Integer> partitions(String cache) {
        synchronized (lock) {
            Agreement agreed = data.agreements.get(cache);
            return agreed == null
                    ? Set.of()
                    : IntStream.rangeClosed(0, agreed.partitions()).boxed().collect(Collectors.toSet());
        }
    }

    BusPosition position(String cache, Set<Integer> partitions) {
        Map<Integer, BusPosition.At> found = new HashMap<>();
        for (int partition : partitions) {
            PartitionStore store = store(cache, partition);
            found.put(partition, new BusPosition.At(store.clock(), store.floor()));
        }
        return new BusPosition(data.history, found);
    }

    void publish(String cache, int partition, BiConsumer<BusListener, BusConnection> message) {
        instances.forEach(instance -> instance.bus().offer(cache, partition, message));
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
        rethrow(failure);
    }

    private static void rethrow(@Nullable RuntimeException failure) {
        if (failure != null) {
            throw failure;
        }
    }

    /** Data of a server at one time. */
    public static final class Snapshot {

        private final Data data;

        private Snapshot(Data data) {
            this.data = data;
        }
    }

    record Agreement(String keyFormat, int partitions) {}

    private record StoreId(String cache, int partition) {}

    private static final class Data {

        private final Map<String, Agreement> agreements = new HashMap<>();
        private final Map<StoreId, PartitionStore> stores = new HashMap<>();
        private String history = "history-1";

        Data copy(String newHistory) {
            Data copy = new Data();
            copy.agreements.putAll(agreements);
            stores.forEach((id, store) -> copy.stores.put(id, store.copy()));
            copy.history = newHistory;
            return copy;
        }
    }
}
