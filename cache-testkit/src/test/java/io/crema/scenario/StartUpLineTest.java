package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.internal.engine.RemoteLink;
import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteTier;
import io.crema.testkit.InMemoryRemote;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said once, when the remote tier is first reached. */
class StartUpLineTest {

    private final Fleet fleet = new Fleet();
    private final List<LogRecord> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger(RemoteLink.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void close() {
        logger.removeHandler(handler);
        fleet.close();
    }

    private void start(CompletableFuture<Guarantee> guarantee) {
        InMemoryRemote memory = fleet.server.connect();
        try (Crema crema = Crema.builder()
                .remote(new Promising(memory, guarantee))
                .nodeName("shop-1")
                .ticker(fleet.time)
                .build()) {
            var unused =
                    crema.<String, String>cache("one").codec(new TextCodec()).build();
            unused = crema.<String, String>cache("two").codec(new TextCodec()).build();
        }
    }

    @Test
    void bounded_isOneLineThatNamesNodeAndTransport() {
        start(CompletableFuture.completedFuture(new Guarantee(true, "pub/sub on a server", List.of())));

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).getLevel()).isEqualTo(Level.INFO);
        assertThat(lines.get(0).getMessage())
                .isEqualTo("Crema 'shop-1' over pub/sub on a server: reads are never older than each cache's staleness"
                        + " bound");
    }

    @Test
    void warnings_areNamedInIt() {
        start(CompletableFuture.completedFuture(
                new Guarantee(true, "pub/sub", List.of("the server evicts clocks; use volatile-lru", "another"))));

        assertThat(lines.get(0).getLevel()).isEqualTo(Level.WARNING);
        assertThat(lines.get(0).getMessage()).endsWith("; but: the server evicts clocks; use volatile-lru; another");
    }

    @Test
    void unbounded_isAWarning() {
        start(CompletableFuture.completedFuture(new Guarantee(false, "nothing", List.of())));

        assertThat(lines.get(0).getLevel()).isEqualTo(Level.WARNING);
        assertThat(lines.get(0).getMessage()).contains("NO staleness bound");
    }

    @Test
    void unknown_saysNothing() {
        start(CompletableFuture.failedFuture(new IOException("gone")));

        assertThat(lines).isEmpty();
    }

    private record Promising(InMemoryRemote memory, CompletableFuture<Guarantee> promised) implements RemoteTier {

        @Override
        public Limits limits() {
            return memory.limits();
        }

        @Override
        public CompletableFuture<Guarantee> guarantee() {
            return promised;
        }

        @Override
        public CompletableFuture<Opening> open(CacheTerms terms) {
            return memory.open(terms);
        }

        @Override
        public InvalidationBus invalidations() {
            return memory.invalidations();
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
