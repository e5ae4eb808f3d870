package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.RemoteCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Notes what a bus tells and answers, in one order, and that each connection does so one at a time. What is asked of a
 * cache is asked on all connections; the answers are noted as one when the last has come.
 */
final class RecordingListener implements BusListener {

    /** What was told. */
    sealed interface Event {}

    record Connected() implements Event {}

    record Disconnected() implements Event {}

    /** Noted, but passed over where anything else is waited for: a bus may tell it at any time. */
    record Assigned() implements Event {}

    record Unsubscribed(String cache, int partition) implements Event {}

    record Invalidated(String cache, Invalidation message) implements Event {}

    record Cleared(String cache, int partition, long stamp) implements Event {}

    record Unreadable(String cache, int partition) implements Event {}

    record Answered(
            String request,
            @Nullable Object result,
            @Nullable Throwable failure) implements Event {}

    private final Duration patience;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<BusConnection, AtomicInteger> inside = new ConcurrentHashMap<>();
    private final List<BusConnection> connections = new CopyOnWriteArrayList<>();
    private volatile @Nullable BusConnection last;

    /** @param patience how long to wait for an event */
    RecordingListener(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void onConnected(BusConnection made) {
        note(made, new Connected(), () -> {
            connections.add(made);
            last = made;
        });
    }

    @Override
    public void onDisconnected(BusConnection lost) {
        note(lost, new Disconnected(), () -> connections.remove(lost));
    }

    @Override
    public void onAssigned(BusConnection to) {
        note(to, new Assigned());
    }

    @Override
    public void onUnsubscribed(BusConnection from, String cache, int partition) {
        note(from, new Unsubscribed(cache, partition));
    }

    @Override
    public void onInvalidation(BusConnection from, String cache, Invalidation message) {
        note(from, new Invalidated(cache, message));
    }

    @Override
    public void onClear(BusConnection from, String cache, int partition, long stamp) {
        note(from, new Cleared(cache, partition, stamp));
    }

    @Override
    public void onUnreadable(BusConnection from, String cache, int partition) {
        note(from, new Unreadable(cache, partition));
    }

    void subscribe(RemoteCache cache) {
        askAll(
                "subscribe",
                (connection, reply) -> connection.subscribe(cache.name(), connection.carries(cache.name()), reply),
                Boolean::logicalAnd);
    }

    /** Histories of several primaries are put together. */
    void position(RemoteCache cache) {
        askAll(
                "position",
                (connection, reply) -> connection.position(cache.name(), connection.carries(cache.name()), reply),
                RecordingListener::merged);
    }

    void heartbeat() {
        askAll("heartbeat", BusConnection::heartbeat, RecordingListener::joined);
    }

    void subscribe(BusConnection on, String cache, Set<Integer> partitions) {
        on.subscribe(cache, partitions, answer(on, "subscribe"));
    }

    void position(BusConnection on, String cache, Set<Integer> partitions) {
        on.position(cache, partitions, answer(on, "position"));
    }

    void heartbeat(BusConnection on) {
        on.heartbeat(answer(on, "heartbeat"));
    }

    /** The connection that was made last, also if it is lost. */
    BusConnection connection() {
        return Objects.requireNonNull(last, "connection");
    }

    /** The connections that there are now. */
    List<BusConnection> connections() {
        return List.copyOf(connections);
    }

    /** The connection that carries a partition. */
    BusConnection connectionOf(String cache, int partition) {
        List<BusConnection> found = connections.stream()
                .filter(connection -> connection.carries(cache).contains(partition))
                .toList();
        assertThat(found).as("connections that carry %s/%d", cache, partition).hasSize(1);
        return found.get(0);
    }

    /** Waits until the connections carry all partitions of a cache, then forgets what was told so far. */
    void awaitCarried(RemoteCache cache) {
        Set<Integer> all =
                IntStream.rangeClosed(0, cache.tagPartition()).boxed().collect(Collectors.toSet());
        long deadline = System.nanoTime() + patience.toNanos();
        while (!carried(cache).equals(all)) {
            assertThat(System.nanoTime())
                    .as("%s: connections carry %s of %s", cache, carried(cache), all)
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        forget();
    }

    private Set<Integer> carried(RemoteCache cache) {
        Set<Integer> carried = new HashSet<>();
        connections.forEach(connection -> carried.addAll(connection.carries(cache.name())));
        return carried;
    }

    private static BusPosition merged(BusPosition one, BusPosition other) {
        Map<Integer, BusPosition.At> partitions = new HashMap<>(one.partitions());
        partitions.putAll(other.partitions());
        return new BusPosition(joined(one.history(), other.history()), partitions);
    }

    /** In an order that does not depend on that of the connections. */
    private static String joined(String one, String other) {
        return Stream.of(one.split(" "), other.split(" "))
                .flatMap(Arrays::stream)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @FunctionalInterface
    private interface Request<T> {
        void send(BusConnection connection, BiConsumer<@Nullable T, @Nullable Throwable> reply);
    }

    /** Asks on the connection made last even if it is lost, so that something answers. */
    private <T> void askAll(String name, Request<T> request, BinaryOperator<T> both) {
        List<BusConnection> asked = connections.isEmpty() ? List.of(connection()) : connections();
        List<CompletableFuture<T>> answers =
                Stream.generate(CompletableFuture<T>::new).limit(asked.size()).toList();
        CompletableFuture<T> all = answers.stream()
                .reduce((one, other) -> one.thenCombine(other, both))
                .orElseThrow();
        CompletableFuture<Void> unused = all.handle((result, failure) -> {
            boolean wrapped = failure instanceof CompletionException;
            events.add(new Answered(name, result, wrapped ? failure.getCause() : failure));
            return null;
        });
        for (int i = 0; i < answers.size(); i++) {
            CompletableFuture<T> answer = answers.get(i);
            BusConnection connection = asked.get(i);
            request.send(
                    connection,
                    (result, failure) -> alone(connection, () -> {
                        if (failure == null) {
                            answer.complete(Objects.requireNonNull(result));
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    }));
        }
    }

    private <T> BiConsumer<@Nullable T, @Nullable Throwable> answer(BusConnection from, String request) {
        return (result, failure) -> note(from, new Answered(request, result, failure));
    }

    /** The next event, which must be of this type. */
    <E extends Event> E next(Class<E> type) {
        Event event = next();
        while (event instanceof Assigned && type != Assigned.class) {
            event = next();
        }
        assertThat(event).isInstanceOf(type);
        return type.cast(event);
    }

    /** The result of the next event, which must be a good answer. */
    <T> T nextResult(String request, Class<T> type) {
        Answered answer = next(Answered.class);
        assertThat(answer.request).isEqualTo(request);
        assertThat(answer.failure).isNull();
        assertThat(answer.result).isInstanceOf(type);
        return type.cast(Objects.requireNonNull(answer.result));
    }

    BusPosition nextPosition() {
        return nextResult("position", BusPosition.class);
    }

    /** Whether nothing was told that was not asked for. */
    boolean isSilent() {
        return events.isEmpty();
    }

    /** Forgets what was told so far; of each connection that there is, that it was made. */
    void forget() {
        synchronized (connections) {
            events.clear();
        }
    }

    /** The events up to the first that fits, that one included. */
    List<Event> upTo(Predicate<Event> last) {
        List<Event> seen = new ArrayList<>();
        do {
            seen.add(next());
        } while (!last.test(seen.get(seen.size() - 1)));
        return seen;
    }

    private Event next() {
        try {
            Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(event).as("an event within " + patience).isNotNull();
            return Objects.requireNonNull(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for an event", e);
        }
    }

    private void note(BusConnection from, Event event) {
        note(from, event, () -> {});
    }

    private void note(BusConnection from, Event event, Runnable before) {
        alone(from, () -> {
            synchronized (connections) {
                before.run();
                events.add(event);
            }
        });
    }

    private void alone(BusConnection from, Runnable call) {
        AtomicInteger calls = inside.computeIfAbsent(from, connection -> new AtomicInteger());
        if (calls.incrementAndGet() != 1) {
            events.add(new Answered("two calls at one time", null, new AssertionError(from)));
        }
        call.run();
        calls.decrementAndGet();
    }
}
