package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.Tier;
import io.crema.TieredCache;
import io.crema.scenario.Fleet.Node;
import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteTier;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The history changes while the connection lives on, as behind a proxy that follows a failover. */
@ParameterizedClass
@EnumSource(Style.class)
class ChangingHistoryTest {

    private final Fleet fleet = new Fleet(1);
    private final InMemoryRemote memory = fleet.server.connect(1);
    private final RenamingRemote renaming = new RenamingRemote(memory);
    private final Crema crema = Crema.builder()
            .remote(renaming)
            .ticker(fleet.time)
            .executor(fleet.executor)
            .build();
    private final Caller<String> a;
    private final Caller<String> b;

    ChangingHistoryTest(Style style) {
        Node node = new Node(crema, memory);
        TieredCache<String, String> unused = Fleet.texts(node).build();
        a = style.caller(node);
        b = style.caller(fleet.node());
    }

    @BeforeEach
    void nearEntry() {
        // The first write of a partition starts its clock, which looks like a gap.
        b.put("first", "").await();
        b.put("k", "v1").await();
        assertThat(a.read("k")).isEqualTo("v1");
    }

    @AfterEach
    void close() {
        crema.close();
        fleet.close();
    }

    @Test
    void r45_sameClockInAnotherHistory_isFoundByTheHeartbeat() {
        renaming.suffix = "-other";

        // One heartbeat names the other history, the next one has the clocks compared.
        fleet.pass(Duration.ofSeconds(1));

        assertThat(memory.executed(Operation.REPAIR))
                .as("the partition and that of the tags")
                .isEqualTo(2);
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        fleet.pass(Duration.ofSeconds(5));
        assertThat(a.tier("k")).as("leased again").isEqualTo(Tier.NEAR);
    }

    /** Names the history of the tier behind it as a test says. */
    private static final class RenamingRemote implements RemoteTier {

        private final InMemoryRemote tier;
        private final RenamingBus bus = new RenamingBus();
        private volatile String suffix = "";

        RenamingRemote(InMemoryRemote tier) {
            this.tier = tier;
        }

        @Override
        public Limits limits() {
            return tier.limits();
        }

        @Override
        public CompletableFuture<Opening> open(CacheTerms terms) {
            return tier.open(terms);
        }

        @Override
        public CompletableFuture<Guarantee> guarantee() {
            return tier.guarantee();
        }

        @Override
        public InvalidationBus invalidations() {
            return bus;
        }

        @Override
        public void close() {
            tier.close();
        }

        private final class RenamingBus implements InvalidationBus {

            @Override
            public void start(BusListener listener) {
                tier.invalidations().start(new RenamingListener(RenamingRemote.this, listener));
            }
        }

        private record RenamingListener(RenamingRemote remote, BusListener listener) implements BusListener {

            private BusConnection renaming(BusConnection connection) {
                return new RenamingConnection(remote, connection);
            }

            @Override
            public void onConnected(BusConnection connection) {
                listener.onConnected(renaming(connection));
            }

            @Override
            public void onDisconnected(BusConnection connection) {
                listener.onDisconnected(renaming(connection));
            }

            @Override
            public void onAssigned(BusConnection connection) {
                listener.onAssigned(renaming(connection));
            }

            @Override
            public void onUnsubscribed(BusConnection connection, String cache, int partition) {
                listener.onUnsubscribed(renaming(connection), cache, partition);
            }

            @Override
            public void onInvalidation(BusConnection connection, String cache, Invalidation message) {
                listener.onInvalidation(renaming(connection), cache, message);
            }

            @Override
            public void onClear(BusConnection connection, String cache, int partition, long stamp) {
                listener.onClear(renaming(connection), cache, partition, stamp);
            }

            @Override
            public void onUnreadable(BusConnection connection, String cache, int partition) {
                listener.onUnreadable(renaming(connection), cache, partition);
            }
        }

        private record RenamingConnection(RenamingRemote remote, BusConnection connection) implements BusConnection {

            @Override
            public boolean isRelayed() {
                return connection.isRelayed();
            }

            @Override
            public Set<Integer> carries(String cache) {
                return connection.carries(cache);
            }

            @Override
            public void subscribe(
                    String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
                connection.subscribe(cache, partitions, reply);
            }

            @Override
            public void position(
                    String cache,
                    Set<Integer> partitions,
                    BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
                connection.position(
                        cache,
                        partitions,
                        (found, failure) -> reply.accept(
                                found == null ? null : new BusPosition(renamed(found.history()), found.partitions()),
                                failure));
            }

            @Override
            public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
                connection.heartbeat(
                        (history, failure) -> reply.accept(history == null ? null : renamed(history), failure));
            }

            private String renamed(String history) {
                return history + remote.suffix;
            }

            @Override
            public long lostMillis() {
                return connection.lostMillis();
            }

            @Override
            public void reset() {
                connection.reset();
            }
        }
    }
}
