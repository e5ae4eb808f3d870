package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.ReadClock;
import io.crema.spi.Ticker;
import io.crema.testkit.InMemoryRemote;
import java.time.Duration;
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

    private String firstReadAfterAStop(ReadClock clock) {
        TieredCache<String, String> stopped = crema.<String, String>cache("texts")
                .codec(new TextCodec())
                .readClock(clock)
                .build();
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
