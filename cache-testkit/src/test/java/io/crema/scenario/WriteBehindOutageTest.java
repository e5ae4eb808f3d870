package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheWriter;
import io.crema.LoadingTieredCache;
import io.crema.WriteContext;
import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes behind callers while the origin takes none, and afterwards. */
@Timeout(60)
class WriteBehindOutageTest {

    private static final int BATCH = 20;
    private static final WritePolicy.Behind POLICY = WritePolicy.behind()
            .batch(BATCH)
            .retry(Backoff.every(Duration.ofSeconds(1)), 1_000)
            .drain(Duration.ofMillis(300));

    private final Fleet fleet = new Fleet(1);
    private final Rows rows = new Rows();

    /** An origin that takes all of a call or nothing. */
    private static final class Rows implements CacheWriter<String, String> {

        final Map<String, String> rows = new ConcurrentHashMap<>();
        final List<Integer> calls = new CopyOnWriteArrayList<>();
        final Set<String> poison = ConcurrentHashMap.newKeySet();
        volatile boolean down;
        volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public void writeAll(Map<String, String> values, WriteContext context) throws InterruptedException {
            calls.add(values.size());
            gate.await();
            if (down || values.keySet().stream().anyMatch(poison::contains)) {
                throw new IllegalStateException("not taken");
            }
            rows.putAll(values);
        }

        @Override
        public void write(String key, String value, WriteContext context) throws InterruptedException {
            writeAll(Map.of(key, value), context);
        }

        @Override
        public void delete(String key, WriteContext context) {
            rows.remove(key);
        }
    }

    private LoadingTieredCache<String, String> behind(WritePolicy.Behind policy) {
        return Fleet.texts(fleet.bare()).writer(rows).writePolicy(policy).build(rows.rows::get);
    }

    @AfterEach
    void close() {
        rows.down = false;
        rows.gate.countDown();
        fleet.close();
    }

    private void passUntil(Callable<Boolean> condition) {
        Waiting.until(condition, () -> fleet.pass(Duration.ofMillis(20)));
    }

    @Test
    void manyWritesWait_theOriginIsAskedOnceAfterEachBackOff_andGetsThemInBatchesWhenItIsBack() {
        LoadingTieredCache<String, String> cache = behind(POLICY);
        rows.down = true;
        int keys = 20 * BATCH;
        for (int i = 0; i < keys; i++) {
            cache.put("k" + i, "v");
        }
        passUntil(() -> rows.calls.size() >= 20);
        int before = rows.calls.size();
        long began = fleet.time.nanos();
        passUntil(() -> rows.calls.size() >= before + 15);
        double seconds = (fleet.time.nanos() - began) / 1e9;
        assertThat(rows.calls.size() - before).isLessThanOrEqualTo((int) (seconds / 0.5) + 1);

        rows.down = false;
        int failed = rows.calls.size();
        passUntil(() -> rows.rows.size() == keys);

        // One to find out, and those that had failed in smaller ones meanwhile.
        assertThat(rows.calls.size() - failed).isLessThanOrEqualTo(20 + 15);
    }

    @Test
    void keyThatAlwaysFailsAndIsWrittenAgainAndAgain_isAloneAndGivenUp() {
        LoadingTieredCache<String, String> cache = behind(POLICY.retry(Backoff.every(Duration.ofMillis(100)), 8));
        rows.poison.add("poison");

        int[] count = {0};
        passUntil(() -> {
            cache.async().put("poison", "v" + count[0]);
            cache.async().put("k" + count[0]++, "v");
            return cache.stats().writesGivenUp() > 0;
        });

        int healthy = count[0];
        passUntil(() -> rows.rows.size() == healthy);
    }

    @Test
    void keyIsWrittenAgainAndAgainWhileTheOriginIsDown_doesNotFillTheJournal() {
        LoadingTieredCache<String, String> cache = behind(POLICY.journal(200, Duration.ofSeconds(30)));
        rows.down = true;

        for (int i = 0; i < 700; i++) {
            CompletableFuture<Void> put = cache.async().put("hot", "v" + i);
            passUntil(put::isDone);
            assertThat(put).isCompleted();
        }

        assertThat(cache.stats().writesRejected()).isZero();
        assertThat(rows.rows).isEmpty();
        rows.down = false;
        passUntil(() -> "v699".equals(rows.rows.get("hot")));
        passUntil(() -> cache.writeBehind().pending() == 0);
        assertThat(fleet.server.executed(Operation.SUPERSEDED)).isPositive();
    }

    @Test
    void windowBeginsWhileFullBatchesAreWritten_whatFillsNoneIsWrittenAfterThem() {
        Duration delay = Duration.ofSeconds(60);
        LoadingTieredCache<String, String> cache = behind(POLICY.delay(delay).timeout(Duration.ofMinutes(30)));
        rows.gate = new CountDownLatch(1);
        for (int i = 0; i < 2 * BATCH; i++) {
            cache.put("k" + i, "v");
        }
        passUntil(() -> rows.calls.size() == 1);
        cache.put("lone", "v");
        long began = fleet.time.nanos();
        passUntil(() -> fleet.time.nanos() - began > delay.toNanos());

        rows.gate.countDown();
        long opened = fleet.time.nanos();
        passUntil(() -> rows.rows.containsKey("lone"));

        assertThat(rows.rows).hasSize(2 * BATCH + 1);
        assertThat(Duration.ofNanos(fleet.time.nanos() - opened)).isLessThan(delay.dividedBy(2));
    }
}
