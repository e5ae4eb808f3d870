package io.crema.loading;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A load that fails at any moment of another read of its key, which may be about to lead a flight of its own. */
@Timeout(60)
class FailureDuringAReadTest {

    /** Calls back when it is hashed for the n-th time, which is when a table is about to be asked for it. */
    private static final class HookedKey {

        private int left;
        private @Nullable Runnable hook;

        HookedKey(int left, @Nullable Runnable hook) {
            this.left = left;
            this.hook = hook;
        }

        @Override
        public int hashCode() {
            Runnable now = hook;
            if (now != null && left-- == 0) {
                hook = null;
                now.run();
            }
            return 7;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof HookedKey;
        }
    }

    private static final class DownException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @ParameterizedTest
    @CsvSource({
        "ONE, 0", "ONE, 1", "ONE, 2", "ONE, 3", "ONE, 4", "ONE, 5", "ALL, 0", "ALL, 1", "ALL, 2", "ALL, 3", "ALL, 4",
        "ALL, 5", "ALL, 6"
    })
    void read_whileTheLoadOfAnotherFails_ends_andSoDoThoseAfterIt(String form, int hashes) throws Exception {
        ManualTime time = new ManualTime();
        // Of its own: one call waits for another one, which the common pool may have no thread for.
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Crema crema = Crema.builder().ticker(time).build()) {
            TieredCache<HookedKey, String> cache = crema.<HookedKey, String>cache("texts")
                    .expiration(Expiration.fresh(Duration.ofSeconds(10)))
                    .failures(FailureCaching.cachedFor(Duration.ofSeconds(1)))
                    .build();
            HookedKey key = new HookedKey(
                    hashes,
                    () -> assertThat(CompletableFuture.supplyAsync(() -> get(cache, new HookedKey(0, null)), threads)
                                    // Where this read holds what that call waits for.
                                    .orTimeout(500, TimeUnit.MILLISECONDS))
                            .failsWithin(Duration.ofSeconds(20)));
            CompletableFuture<Object> read = CompletableFuture.supplyAsync(
                    () -> form.equals("ONE")
                            ? get(cache, key)
                            : cache.getAll(List.of(key), keys -> {
                                throw new DownException();
                            }),
                    threads);
            assertThat(read).failsWithin(Duration.ofSeconds(10));
            time.advance(Duration.ofSeconds(2));
            assertThat(cache.async().get(new HookedKey(0, null), k -> "v"))
                    .succeedsWithin(Duration.ofSeconds(5))
                    .isEqualTo("v");
            assertThat(cache.getAllPresent(List.of(new HookedKey(0, null)))).isEqualTo(Map.of(key, "v"));
        } finally {
            threads.shutdownNow();
        }
    }

    private static String get(TieredCache<HookedKey, String> cache, HookedKey key) {
        String unused = cache.get(key, k -> {
            throw new DownException();
        });
        return "";
    }
}
