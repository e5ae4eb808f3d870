package io.crema.redis;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.Invalidation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes down what a bus delivers, messages and replies, in their order, and whether two ever came at once. */
public final class RecordingListener implements BusListener {

    public final List<String> events = new CopyOnWriteArrayList<>();
    public final AtomicInteger overlaps = new AtomicInteger();
    private volatile @Nullable BusConnection connection;
    private final AtomicInteger running = new AtomicInteger();

    @Override
    public void onConnected(BusConnection made) {
        connection = made;
        note("connected");
    }

    @Override
    public void onDisconnected(BusConnection lost) {
        note("disconnected");
    }

    @Override
    public void onAssigned(BusConnection to) {
        note("assigned");
    }

    @Override
    public void onUnsubscribed(BusConnection from, String cache, int partition) {
        note(cache + " " + partition + " unsubscribed");
    }

    /** The connection that was made last. */
    public BusConnection connection() {
        return Objects.requireNonNull(connection, "connection");
    }

    @Override
    public void onInvalidation(BusConnection from, String cache, Invalidation message) {
        StringBuilder keys = new StringBuilder();
        for (byte[] key : message.keys()) {
            keys.append(' ').append(new String(key, StandardCharsets.UTF_8));
        }
        note(cache + " " + message.partition() + " " + message.stamp() + " " + message.count() + keys);
    }

    @Override
    public void onClear(BusConnection from, String cache, int partition, long stamp) {
        note(cache + " " + partition + " clear " + stamp);
    }

    @Override
    public void onUnreadable(BusConnection from, String cache, int partition) {
        note(cache + " " + partition + " unreadable");
    }

    /** A callback that notes the outcome of a request: its name, and what came or "failed". */
    public <T> BiConsumer<@Nullable T, @Nullable Throwable> reply(String request) {
        return (result, failure) -> {
            if ((result == null) == (failure == null)) {
                note(request + " neither or both");
            } else {
                note(request + " " + (failure == null ? result : "failed"));
            }
        };
    }

    private void note(String event) {
        if (running.incrementAndGet() > 1) {
            overlaps.incrementAndGet();
        }
        events.add(event);
        running.decrementAndGet();
    }
}
