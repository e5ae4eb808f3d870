package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.RemoteCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notes what a bus tells and answers, in one order, and that each connection does so one at a time. The connections to all
 * primaries are taken for one: connected, or lost, when the last of them is, and asked together.
 */
final class RecordingListener implements BusListener {

    /** What was told. */
    sealed interface Event {}

    record Connected() implements Event {}

    record Disconnected() implements Event {}

    record Invalidated(String cache, Invalidation message) implements Event {}

    record Cleared(String cache, int partition, long stamp) implements Event {}

    record Unreadable(String cache, int partition) implements Event {}

    record Answered(
            String request,
            @Nullable Object result,
            @Nullable Throwable failure) implements Event {}

    private final Duration patience;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final int primaries;
    private final Map<BusConnection, AtomicInteger> inside = new ConcurrentHashMap<>();
    /** The latest to each primary, lost ones too; guarded by this. */
    private final List<BusConnection> connections = new ArrayList<>();

    private final Set<BusConnection> lost = ConcurrentHashMap.newKeySet();
    private final AtomicInteger made = new AtomicInteger();

    /** @param patience how long to wait for an event of the one primary */
    RecordingListener(Duration patience) {
        this(patience, 1);
    }

    /**
     * @param patience how long to wait for an event
     * @param primaries how many there are
     */
    RecordingListener(Duration patience, int primaries) {
        this.patience = patience;
        this.primaries = primaries;
    }

    @Override
    public void onConnected(BusConnection connection) {
        synchronized (this) {
            connections.removeIf(lost::contains);
            connections.add(connection);
        }
        if (made.incrementAndGet() % primaries == 0) {
            note(connection, new Connected());
        }
    }

    @Override
    public void onDisconnected(BusConnection connection) {
        lost.add(connection);
        if (lost.size() % primaries == 0) {
            note(connection, new Disconnected());
        }
    }

    @Override
    public void onAssigned(BusConnection to) {}

    @Override
    public void onUnsubscribed(BusConnection from, String cache, int partition) {}

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
        Together<Boolean> together = new Together<>("subscribe", replies -> !replies.contains(false));
        connections()
                .forEach(each -> each.subscribe(cache.name(), each.carries(cache.name()), together.answerOf(each)));
    }

    void position(RemoteCache cache) {
        Together<BusPosition> together = new Together<>("position", RecordingListener::joined);
        connections()
                .forEach(each -> each.position(cache.name(), each.carries(cache.name()), together.answerOf(each)));
    }

    void heartbeat() {
        Together<String> together = new Together<>("heartbeat", RecordingListener::joinedHistories);
        connections().forEach(each -> each.heartbeat(together.answerOf(each)));
    }

    void reset() {
        connections().forEach(BusConnection::reset);
    }

    /** The connection that was made last. */
    synchronized BusConnection connection() {
        return connections.get(connections.size() - 1);
    }

    private synchronized List<BusConnection> connections() {
        return List.copyOf(connections);
    }

    private static BusPosition joined(List<BusPosition> positions) {
        Map<Integer, BusPosition.At> all = new HashMap<>();
        positions.forEach(position -> all.putAll(position.partitions()));
        return new BusPosition(
                joinedHistories(positions.stream().map(BusPosition::history).toList()), all);
    }

    /** In an order that does not depend on which connection answered first. */
    private static String joinedHistories(List<String> histories) {
        return histories.stream().sorted().collect(Collectors.joining(" "));
    }

    /** The answers of all connections to one request, noted as one. */
    private final class Together<T> {

        private final String request;
        private final Function<List<T>, T> join;
        private final List<T> results = new ArrayList<>();
        private @Nullable Throwable failed;
        private int open = primaries;

        Together(String request, Function<List<T>, T> join) {
            this.request = request;
            this.join = join;
        }

        BiConsumer<@Nullable T, @Nullable Throwable> answerOf(BusConnection connection) {
            return (result, failure) -> {
                Answered answer;
                synchronized (this) {
                    if (result != null) {
                        results.add(result);
                    }
                    failed = failure == null ? failed : failure;
                    if (--open != 0) {
                        return;
                    }
                    answer = new Answered(request, failed == null ? join.apply(results) : null, failed);
                }
                note(connection, answer);
            };
        }
    }

    /** The next event, which must be of this type. */
    <E extends Event> E next(Class<E> type) {
        Event event = next();
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

    /** Forgets what was told so far. */
    void forget() {
        events.clear();
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

    private void note(BusConnection by, Event event) {
        AtomicInteger calls = inside.computeIfAbsent(by, absent -> new AtomicInteger());
        if (calls.incrementAndGet() != 1) {
            events.add(new Answered("two calls at one time", null, new AssertionError(event)));
        }
        events.add(event);
        calls.decrementAndGet();
    }
}
