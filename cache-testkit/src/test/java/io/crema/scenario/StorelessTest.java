package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteTier;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.ManualTime;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances whose remote tier carries invalidations only. */
class StorelessTest {

    private final ManualTime time = new ManualTime();
    private final InMemoryServer server = InMemoryServer.create(time);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<Crema> cremas = new ArrayList<>();
    private final SetLoader loader = new SetLoader();
    private final InMemoryRemote remote = server.connect();
    private final LoadingTieredCache<String, String> a = cache(remote);
    private final LoadingTieredCache<String, String> b = cache(server.connect());

    private LoadingTieredCache<String, String> cache(InMemoryRemote over) {
        Crema crema = Crema.builder()
                .remote(new Storeless(over))
                .ticker(time)
                .executor(executor)
                .build();
        cremas.add(crema);
        return crema.<String, String>cache("texts").codec(new TextCodec()).buildWithContext(loader);
    }

    @AfterEach
    void close() {
        cremas.forEach(Crema::close);
        executor.shutdownNow();
    }

    @Test
    void taggedValue_isKeptUntilItsTagIsInvalidated() {
        loader.give("v1", "red");
        assertThat(a.get("k")).isEqualTo("v1");
        loader.give("v2", "red");
        assertThat(a.get("k")).as("kept").isEqualTo("v1");

        b.invalidateTag("red");

        assertThat(a.get("k")).isEqualTo("v2");
        assertThat(remote.executed(Operation.LEASE)).isZero();
    }

    @Test
    void taggedLoad_tagInvalidatedMeanwhile_isNotKept() {
        HeldLoader held = loader.hold("red");
        CompletableFuture<String> reader = CompletableFuture.supplyAsync(() -> a.get("k"), executor);
        held.awaitCalled();
        b.invalidateTag("red");
        held.answer("v1");
        assertThat(Waiting.forResult(reader)).isEqualTo("v1");

        loader.give("v2", "red");

        assertThat(a.get("k")).isEqualTo("v2");
    }

    /** A tier that stores nothing, though its server could. */
    private record Storeless(InMemoryRemote memory) implements RemoteTier {

        @Override
        public boolean storesValues() {
            return false;
        }

        @Override
        public Limits limits() {
            return memory.limits();
        }

        @Override
        public Duration timeLimit() {
            return memory.timeLimit();
        }

        @Override
        public CompletableFuture<Guarantee> guarantee() {
            return memory.guarantee();
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
