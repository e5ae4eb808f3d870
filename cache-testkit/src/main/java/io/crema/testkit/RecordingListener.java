package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
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

    private final InvalidationBus bus;
    private final Duration patience;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicInteger inside = new AtomicInteger();

    /** @param patience how long to wait for an event */
    RecordingListener(InvalidationBus bus, Duration patience) {
        this.bus = bus;
        this.patience = patience;
    }

    @Override
    public void onConnected() {
        note(new Connected());
    }

    @Override
    public void onDisconnected() {
        note(new Disconnected());
    }

    @Override
    public void onInvalidation(String cache, Invalidation message) {
        note(new Invalidated(cache, message));
    }

    @Override
    public void onClear(String cache, int partition, long stamp) {
        note(new Cleared(cache, partition, stamp));
    }

    @Override
    public void onUnreadable(String cache, int partition) {
        note(new Unreadable(cache, partition));
    }

    void subscribe(RemoteCache cache) {
        bus.subscribe(cache, answer("subscribe"));
    }

    void position(RemoteCache cache) {
        bus.position(cache, answer("position"));
    }

    void heartbeat() {
        bus.heartbeat(answer("heartbeat"));
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
