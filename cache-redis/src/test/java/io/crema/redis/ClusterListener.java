package io.crema.redis;

import static org.awaitility.Awaitility.await;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.Invalidation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Follows the connections to the primaries of a cluster, and what each of them delivers. */
final class ClusterListener implements BusListener {

    private final Set<BusConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<BusConnection> assigned = ConcurrentHashMap.newKeySet();
    private final Map<BusConnection, List<Long>> stamps = new ConcurrentHashMap<>();
    private final Map<BusConnection, List<Integer>> gone = new ConcurrentHashMap<>();

    @Override
    public void onConnected(BusConnection connection) {
        connections.add(connection);
    }

    @Override
    public void onDisconnected(BusConnection connection) {
        connections.remove(connection);
    }

    @Override
    public void onAssigned(BusConnection connection) {
        assigned.add(connection);
    }

    @Override
    public void onUnsubscribed(BusConnection connection, String cache, int partition) {
        gone.computeIfAbsent(connection, absent -> new CopyOnWriteArrayList<>()).add(partition);
    }

    @Override
    public void onInvalidation(BusConnection connection, String cache, Invalidation message) {
        stamps.computeIfAbsent(connection, absent -> new CopyOnWriteArrayList<>())
                .add(message.stamp());
    }

    @Override
    public void onClear(BusConnection connection, String cache, int partition, long stamp) {}

    @Override
    public void onUnreadable(BusConnection connection, String cache, int partition) {}

    Set<BusConnection> connections() {
        return Set.copyOf(connections);
    }

    Set<BusConnection> assigned() {
        return Set.copyOf(assigned);
    }

    /** The connection that carries a partition; null if none does now. */
    @Nullable
    BusConnection carrierOf(String cache, int partition) {
        return connections.stream()
                .filter(connection -> connection.carries(cache).contains(partition))
                .findFirst()
                .orElse(null);
    }

    List<Long> stamps(BusConnection connection) {
        return stamps.getOrDefault(connection, List.of());
    }

    List<Integer> gone(BusConnection connection) {
        return gone.getOrDefault(connection, List.of());
    }

    /** Subscribes to a partition where it is, as often as it takes. */
    void subscribe(String cache, int partition) {
        await().ignoreExceptions().until(() -> {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            carrierOf(cache, partition).subscribe(cache, Set.of(partition), into(done));
            return ServerTest.get(done);
        });
    }

    String heartbeat(BusConnection connection) {
        CompletableFuture<String> done = new CompletableFuture<>();
        connection.heartbeat(into(done));
        return ServerTest.get(done);
    }

    static <T> BiConsumer<@Nullable T, @Nullable Throwable> into(CompletableFuture<T> future) {
        return (result, failure) -> {
            if (result != null) {
                future.complete(result);
            } else {
                future.completeExceptionally(failure);
            }
        };
    }
}
