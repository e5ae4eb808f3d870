package io.crema.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

@Timeout(30)
class ThreadsTest {

    private final ExecutorService loaders = Threads.loaders("n1");

    @AfterEach
    void stop() {
        loaders.shutdownNow();
    }

    private Thread threadOfOne() throws Exception {
        return CompletableFuture.supplyAsync(Thread::currentThread, loaders).get(10, TimeUnit.SECONDS);
    }

    @Test
    void loaders_task_runsOnANamedDaemon() throws Exception {
        Thread thread = threadOfOne();

        assertThat(thread.getName()).isEqualTo("crema-n1-loader-1");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void loaders_jdkHasVirtualThreads_areSuch() throws Exception {
        assertThat(Thread.class.getMethod("isVirtual").invoke(threadOfOne())).isEqualTo(true);
    }

    /** A bound would be a deadlock: loaders may wait for each other's keys. */
    @Test
    void loaders_manyThatWaitForTheLast_allRun() throws Exception {
        CompletableFuture<Void> last = new CompletableFuture<>();
        CompletableFuture<?>[] all = new CompletableFuture<?>[100];
        for (int i = 0; i < all.length; i++) {
            all[i] = CompletableFuture.runAsync(last::join, loaders);
        }
        CompletableFuture.runAsync(() -> last.complete(null), loaders).get(10, TimeUnit.SECONDS);

        CompletableFuture.allOf(all).get(10, TimeUnit.SECONDS);
    }
}
