package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.engine.LoaderThreads.Waiting;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoaderThreadsTest {

    private final LoaderThreads threads = new LoaderThreads();
    private final ExecutorService second = Executors.newSingleThreadExecutor();
    private final ExecutorService third = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        second.shutdownNow();
        third.shutdownNow();
    }

    private static Flight<String> flight() {
        CoherenceRules rules = new CoherenceRules();
        return new Flight<>(
                rules,
                new Partition(0, rules),
                new TagTable(new Partition(1, rules), rules),
                1,
                Flight.Leased.EVERYTHING);
    }

    private static Flight<String> loadedBy(ExecutorService executor) {
        Flight<String> flight = flight();
        on(executor, () -> flight.loading(Thread.currentThread()));
        return flight;
    }

    private static void on(ExecutorService executor, Runnable task) {
        CompletableFuture.runAsync(task, executor)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private Waiting beginOn(ExecutorService executor, Flight<?> flight) {
        return CompletableFuture.supplyAsync(() -> threads.begin(flight), executor)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void begin_nobodyLoads_isSafe() {
        assertThat(threads.begin(flight())).isEqualTo(Waiting.SAFE);
    }

    @Test
    void begin_ownFlight_isRecursive() {
        Flight<String> mine = flight();
        mine.loading(Thread.currentThread());

        assertThat(threads.begin(mine)).isEqualTo(Waiting.RECURSIVE);
    }

    @Test
    void begin_loaderThatWaitsForNobody_isSafe() {
        assertThat(threads.begin(loadedBy(second))).isEqualTo(Waiting.SAFE);
    }

    @Test
    void begin_loaderThatWaitsForThisThread_isCyclic() {
        Flight<String> mine = flight();
        mine.loading(Thread.currentThread());
        Flight<String> theirs = loadedBy(second);
        assertThat(beginOn(second, mine)).isEqualTo(Waiting.SAFE);

        assertThat(threads.begin(theirs)).isEqualTo(Waiting.CYCLIC);

        assertThat(beginOn(third, mine)).as("this thread does not wait").isEqualTo(Waiting.SAFE);
    }

    @Test
    void begin_chainOverAThirdThread_isCyclic() {
        Flight<String> mine = flight();
        mine.loading(Thread.currentThread());
        Flight<String> seconds = loadedBy(second);
        Flight<String> thirds = loadedBy(third);
        assertThat(beginOn(second, mine)).isEqualTo(Waiting.SAFE);
        assertThat(beginOn(third, seconds)).isEqualTo(Waiting.SAFE);

        assertThat(threads.begin(thirds)).isEqualTo(Waiting.CYCLIC);
    }

    @Test
    void begin_otherStoppedWaiting_isSafe() {
        Flight<String> mine = flight();
        mine.loading(Thread.currentThread());
        Flight<String> theirs = loadedBy(second);
        beginOn(second, mine);

        on(second, threads::end);

        assertThat(threads.begin(theirs)).isEqualTo(Waiting.SAFE);
    }

    /** The one that closed it loads alone and does not wait, so there is an end. */
    @Test
    void begin_othersWereCyclic_isSafe() {
        Flight<String> seconds = loadedBy(second);
        Flight<String> thirds = loadedBy(third);
        beginOn(second, thirds);
        on(third, () -> assertThat(threads.begin(seconds)).isEqualTo(Waiting.CYCLIC));

        assertThat(threads.begin(seconds)).isEqualTo(Waiting.SAFE);
    }

    @Test
    void isLoading_withinALoaderAndOneInside_untilTheOuterEnds() {
        Thread self = Thread.currentThread();
        assertThat(threads.isLoading(self)).isFalse();

        threads.beginLoader();
        threads.beginLoader();
        threads.endLoader();
        assertThat(threads.isLoading(self)).isTrue();

        threads.endLoader();
        assertThat(threads.isLoading(self)).isFalse();
    }

    @Test
    void isLoading_anotherThread_isToldApart() {
        on(second, threads::beginLoader);
        CompletableFuture<Thread> other = CompletableFuture.supplyAsync(Thread::currentThread, second);

        assertThat(threads.isLoading(other.orTimeout(10, TimeUnit.SECONDS).join()))
                .isTrue();
        assertThat(threads.isLoading(Thread.currentThread())).isFalse();

        on(second, threads::endLoader);
        assertThat(threads.isLoading(other.join())).isFalse();
    }
}
