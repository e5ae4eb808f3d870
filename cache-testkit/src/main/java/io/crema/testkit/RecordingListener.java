package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.RemoteCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Notes what a bus tells and answers, in one order, and that it does so one at a time. */
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
    private final AtomicInteger inside = new AtomicInteger();
    private volatile @Nullable BusConnection connection;

    /** @param patience how long to wait for an event */
    RecordingListener(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void onConnected(BusConnection made) {
        connection = made;
        note(new Connected());
    }

    @Override
    public void onDisconnected(BusConnection lost) {
        note(new Disconnected());
    }

    @Override
    public void onAssigned(BusConnection to) {}

    @Override
    public void onUnsubscribed(BusConnection from, String cache, int partition) {}

    @Override
    public void onInvalidation(BusConnection from, String cache, Invalidation message) {
        note(new Invalidated(cache, message));
    }

    @Override
    public void onClear(BusConnection from, String cache, int partition, long stamp) {
        note(new Cleared(cache, partition, stamp));
    }

    @Override
    public void onUnreadable(BusConnection from, String cache, int partition) {
        note(new Unreadable(cache, partition));
    }

    void subscribe(RemoteCache cache) {
        connection().subscribe(cache.name(), connection().carries(cache.name()), answer("subscribe"));
    }

    void position(RemoteCache cache) {
        connection().position(cache.name(), connection().carries(cache.name()), answer("position"));
    }

    void heartbeat() {
        connection().heartbeat(answer("heartbeat"));
    }

    BusConnection connection() {
        return Objects.requireNonNull(connection, "connection");
    }

    private <T> BiConsumer<@Nullable T, @Nullable Throwable> answer(String request) {
        return (result, failure) -> note(new Answered(request, result, failure));
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

    private void note(Event event) {
        if (inside.incrementAndGet() != 1) {
            events.add(new Answered("two calls at one time", null, new AssertionError(event)));
        }
        events.add(event);
        inside.decrementAndGet();
    }
}
