package io.crema.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadRunTest {

    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final Crema crema = Crema.builder().build();
    private final CountDownLatch open = new CountDownLatch(1);
    private final LoadRun.Counters counters = new LoadRun.Counters();

    private final LoadingTieredCache<String, byte[]> cache = crema.<String, byte[]>cache("test")
            .build(key -> {
                open.await();
                return Value.of(key, System.nanoTime());
            });

    @AfterEach
    void close() {
        open.countDown();
        crema.close();
    }

    /** One that should have begun a second ago. */
    private LoadRun run(Load.Style style, int keys) {
        long began = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);
        LoadRun run = new LoadRun(new Load("test", style, 1, 100, "test", "key", keys, began, 1_000), cache, counters);
        run.begin();
        return run;
    }

    @Test
    void synchronous_readerThatIsHeldUp_owesWhatWasDue() {
        LoadRun run = run(Load.Style.SYNCHRONOUS, 1);
        History held = run.end(0);
        assertThat(held.unended()).isGreaterThanOrEqualTo(100);
        assertThat(held.all().count()).isZero();

        open.countDown();
        History.Reads late = run.end(LONG).all();
        assertThat(late.count()).isGreaterThanOrEqualTo(100);
        assertThat(late.failed()).isZero();
        // The first was due a second before it began, and is said to have taken that long.
        assertThat(late.waitMillis(100)).isGreaterThanOrEqualTo(990);
    }

    @Test
    void asynchronous_readsAreBegunWhateverOthersTake() {
        LoadRun run = run(Load.Style.ASYNCHRONOUS, 0);
        open.countDown();
        History history = run.end(LONG);
        assertThat(history.unended()).isZero();
        assertThat(history.all().count()).isGreaterThanOrEqualTo(100);
        assertThat(history.all().wrong()).isZero();
        assertThat(counters.status().failures()).isZero();
    }

    @Test
    void callers_oweOnlyWhatTheyWaitFor() {
        LoadRun run = run(Load.Style.CALLERS, 1);
        await().until(() -> run.end(0).unended() == 1);
    }

    @Test
    void reads_ofAClosedCache_haveFailed() {
        crema.close();
        LoadRun run = run(Load.Style.ASYNCHRONOUS, 1);
        History.Reads reads = run.end(LONG).all();
        assertThat(reads.failures()).containsOnlyKeys("CacheException");
        assertThat(counters.status().failures()).isEqualTo(reads.count());
    }

    @Test
    void pack_whileReadsAreMade_losesNone() {
        open.countDown();
        LoadRun run = run(Load.Style.SYNCHRONOUS, 1);
        await().until(() -> {
            run.pack();
            return counters.status().reads() >= 130;
        });
        History history = run.end(LONG);
        assertThat(history.all().count()).isEqualTo(counters.status().reads());
        assertThat(history.unended()).isZero();
    }
}
