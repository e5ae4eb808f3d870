package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.ReadClock;
import io.crema.spi.Ticker;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The process is stopped for longer than the bound; its first read comes before any other of its threads has run. */
class ReadClockTest {

    private final Fleet fleet = new Fleet(1);
    private final StoppingTicker ticker = new StoppingTicker();
    private final InMemoryRemote remote = fleet.server.connect(1);
    private final Crema crema = Crema.builder()
            .remote(remote)
            .ticker(ticker)
            .executor(fleet.executor)
            .build();

    @AfterEach
    void close() {
        crema.close();
        fleet.close();
    }

    @Test
    void strict_stop_isSeenByTheFirstRead() {
        assertThat(firstReadAfterAStop(ReadClock.STRICT)).isEqualTo("v2");
    }

    @Test
    void coarse_stop_isNotSeenByTheFirstRead() {
        assertThat(firstReadAfterAStop(ReadClock.COARSE)).as("as documented").isEqualTo("v1");
    }

    @Test
    void strict_stop_joinsNoLoadFromBefore() {
        TieredCache<String, String> stopped = cache(ReadClock.STRICT);
        RemoteGate fill = remote.holdReplies(Operation.FILL);
        CompletableFuture<String> early = stopped.async().get("k", key -> "v1");
        fill.awaitHeld(1);
        TieredCache<String, String> other = fleet.node().cache();
        remote.holdDelivery();
        other.put("k", "v2");

        ticker.stop(Duration.ofSeconds(3));
        CompletableFuture<String> late = stopped.async().get("k", key -> "v3");
        fill.open();

        assertThat(late.join()).isEqualTo("v2");
        assertThat(early.join()).isEqualTo("v1");
    }

    private TieredCache<String, String> cache(ReadClock clock) {
        return crema.<String, String>cache("texts")
                .codec(new TextCodec())
                .readClock(clock)
                .build();
    }

    private String firstReadAfterAStop(ReadClock clock) {
        TieredCache<String, String> stopped = cache(clock);
        stopped.put("k", "v1");
        TieredCache<String, String> other = fleet.node().cache();
        remote.holdDelivery();
        other.put("k", "v2");

        ticker.stop(Duration.ofSeconds(3));

        return stopped.getIfPresent("k");
    }

    /** Time that jumps while no task runs. */
    private final class StoppingTicker implements Ticker {

        private final AtomicLong stoppedNanos = new AtomicLong();

        void stop(Duration duration) {
            stoppedNanos.addAndGet(duration.toNanos());
        }

        @Override
        public long nanos() {
            return fleet.time.nanos() + stoppedNanos.get();
        }

        @Override
        public void schedule(long delayNanos, Runnable task) {
            fleet.time.schedule(delayNanos, task);
        }
    }
}
