package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.Tier;
import io.crema.TieredCache;
import io.crema.scenario.Fleet.Node;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.CacheTerms;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteTier;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.Operation;
import java.time.Duration;
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

        fleet.pass(Duration.ofMillis(500));

        assertThat(memory.executed(Operation.REPAIR)).isEqualTo(1);
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
                tier.invalidations().start(listener);
            }

            @Override
            public void subscribe(RemoteCache cache, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
                tier.invalidations().subscribe(cache, reply);
            }

            @Override
            public void position(RemoteCache cache, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
                tier.invalidations()
                        .position(
                                cache,
                                (position, failure) -> reply.accept(
                                        position == null
                                                ? null
                                                : new BusPosition(
                                                        position.history() + suffix,
                                                        position.clocks(),
                                                        position.floors()),
                                        failure));
            }

            @Override
            public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
                tier.invalidations()
                        .heartbeat(
                                (history, failure) -> reply.accept(history == null ? null : history + suffix, failure));
            }

            @Override
            public void reset() {
                tier.invalidations().reset();
            }
        }
    }
}
