package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crema.coherence.SubjectProvider.TopologyKind;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.StalenessChecker;
import io.crema.testkit.StalenessReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three instances with Crema on one Redis. */
@Tag("end-to-end")
class InstanceTest {

    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<InstanceProcess> instances = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void endInstances() {
        instances.forEach(InstanceProcess::close);
    }

    private void start(String subject, EmbeddedRedis redis, int count, Load load) throws Exception {
        SharedVersions.create(directory.resolve("origin"), load.keys());
        for (int number = 1; number <= count; number++) {
            instances.add(InstanceProcess.start(new InstanceSpec(
                            subject,
                            number,
                            TopologyKind.STANDALONE,
                            List.of(redis.uri()),
                            Map.of(),
                            BOUND,
                            directory.resolve("origin"),
                            directory.resolve(number + ".history"),
                            directory.resolve(number + ".log"),
                            7,
                            load)
                    .launch()));
        }
        for (InstanceProcess instance : instances) {
            instance.awaitReady(LIMIT);
        }
        instances.forEach(InstanceProcess::beginLoad);
    }

    private Path history(InstanceProcess instance) {
        return directory.resolve(1 + instances.indexOf(instance) + ".history");
    }

    private StalenessChecker checker() {
        return StalenessChecker.withBound(BOUND).initialVersion(SharedVersions.INITIAL);
    }

    @Test
    void finish_afterAllOperations_leavesHistoriesThatPass() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            start("crema", redis, 3, Load.ofOneInThree().withRates(10_000, 333));
            for (InstanceProcess instance : instances) {
                await(instance.name()).atMost(LIMIT).until(() -> isBusy(Progress.of(instance)));
            }
            for (InstanceProcess instance : instances) {
                instance.pauseWrites();
                assertThat(instance.awaitNoPending(LIMIT)).isTrue();
                long before = Progress.of(instance).reads();
                instance.sweep();
                instance.finish(LIMIT);

                assertThat(instance.failure()).isEmpty();
                assertThat(instance.isAlive()).isFalse();
                assertThat(Progress.of(instance).readFailures()).isZero();
                assertThat(Progress.of(instance).writeFailures()).isZero();
                assertThat(Progress.of(instance).pending()).isZero();
                assertThat(Progress.of(instance).reads()).isGreaterThan(before + 10_000);
            }
        }

        StalenessReport report = check();
        assertThat(report.passed()).as(report.describe()).isTrue();
        assertThat(report.hotHits()).isGreaterThan(report.reads() / 20);
        assertThat(report.latestReads()).isEqualTo(sum(Progress::latestReads));
        assertThat(report.reads() + report.latestReads()).isEqualTo(sum(Progress::reads));
    }

    private long sum(ToLongFunction<Progress> count) {
        return instances.stream()
                .mapToLong(instance -> count.applyAsLong(Progress.of(instance)))
                .sum();
    }

    private static boolean isBusy(Progress progress) {
        return progress.reads() > 30_000
                && progress.latestReads() > 20
                && progress.writes(Operation.INVALIDATE) > 500
                && progress.writes(Operation.PUT) > 10
                && progress.writes(Operation.EXPIRE) > 10
                && progress.writes(Operation.TAG) > 10;
    }

    private StalenessReport check() throws IOException {
        StalenessChecker checker = checker();
        instances.forEach(instance -> checker.history(history(instance)));
        return checker.check();
    }

    @Test
    void kill_underLoad_isSaidAndItsHistoryCounts() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            start("crema-strict", redis, 2, Load.ofOneInThree().withRates(5_000, 200));
            InstanceProcess killed = instances.get(0);
            InstanceProcess other = instances.get(1);
            await().atMost(LIMIT)
                    .until(() -> Progress.of(killed).reads() > 1_000
                            && Progress.of(other).reads() > 1_000);

            killed.kill();

            assertThat(killed.isAlive()).isFalse();
            assertThat(killed.failure())
                    .hasValueSatisfying(why -> assertThat(why).startsWith("instance-1 was killed by signal 9"));
            assertThat(killed.awaitNoPending(LIMIT)).isFalse();
            long before = Progress.of(other).reads();
            await().atMost(LIMIT).until(() -> Progress.of(other).reads() > before + 1_000);
            other.finish(LIMIT);
            assertThat(other.failure()).isEmpty();

            StalenessReport report = checker()
                    .historyOfKilled(history(killed))
                    .history(history(other))
                    .check();
            assertThat(report.passed()).as(report.describe()).isTrue();
            assertThat(report.cutShort()).containsExactly(history(killed));
            assertThat(report.reads()).isGreaterThan(Progress.of(other).reads());
        }
    }
}
