package io.crema.scenario;

import io.crema.CacheBuilder;
import io.crema.CacheLoader;
import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.TieredCache;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/**
 * Several instances of a service in one process, over one remote tier in memory. Time stands still unless a test moves
 * it; threads are real.
 */
final class Fleet implements AutoCloseable {

    final ManualTime time = new ManualTime();
    final InMemoryServer server;
    final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<Crema> cremas = new ArrayList<>();
    private final int partitions;

    Fleet() {
        this(4);
    }

    /** With one partition, every message is in sequence with every other. */
    Fleet(int partitions) {
        this(partitions, 1);
    }

    /** Over a remote tier of several primaries: partition p lies at primary p modulo their number. */
    Fleet(int partitions, int primaries) {
        this.partitions = partitions;
        this.server = InMemoryServer.create(time, primaries);
    }

    /** One instance and its connection. */
    record Node(Crema crema, InMemoryRemote remote) {

        TieredCache<String, String> cache() {
            return crema.<String, String>find("texts").orElseThrow();
        }
    }

    Node node() {
        return node(builder -> builder);
    }

    Node node(UnaryOperator<CacheBuilder<String, String>> settings) {
        Node node = bare();
        TieredCache<String, String> unused = settings.apply(texts(node)).build();
        return node;
    }

    LoadingTieredCache<String, String> loading(Node bare, CacheLoader<String, String> loader) {
        return texts(bare).build(loader);
    }

    /** An instance without a cache. */
    Node bare() {
        return bare(time);
    }

    /** An instance without a cache, with a clock of its own. */
    Node bare(ManualTime itsTime) {
        InMemoryRemote remote = server.connect(partitions);
        Crema crema = Crema.builder()
                .remote(remote)
                .ticker(itsTime)
                .executor(executor)
                .build();
        cremas.add(crema);
        return new Node(crema, remote);
    }

    static CacheBuilder<String, String> texts(Node node) {
        return texts(node, "texts");
    }

    static CacheBuilder<String, String> texts(Node node, String name) {
        return node.crema().<String, String>cache(name).codec(new TextCodec());
    }

    /** Lets heartbeats and ticks of the clock happen. */
    void pass(Duration duration) {
        time.advance(duration);
    }

    /** Lets time pass in small steps until a call has ended. */
    void passUntilDone(Call<?> call) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            time.advance(Duration.ofMillis(10));
            return call.isDone();
        });
    }

    @Override
    public void close() {
        cremas.forEach(Crema::close);
        executor.shutdownNow();
    }
}
