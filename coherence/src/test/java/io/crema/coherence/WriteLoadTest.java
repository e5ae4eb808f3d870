package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crema.coherence.Key.Kind;
import io.crema.coherence.Subject.Counts;
import io.crema.coherence.Subject.Feature;
import io.crema.coherence.Subject.PendingException;
import io.crema.testkit.HistoryWriter;
import io.crema.testkit.ReadTier;
import io.crema.testkit.StalenessChecker;
import io.crema.testkit.StalenessReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteLoadTest {

    private static final List<Key> KEYS =
            IntStream.range(0, 1_000).mapToObj(Key::new).toList();

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Scripted subject = new Scripted();

    @TempDir
    private Path directory;

    private SharedVersions versions;
    private HistoryWriter history;
    private WriteLoad writes;
    private Thread thread;

    @BeforeEach
    void prepare() throws IOException {
        versions = SharedVersions.create(directory.resolve("origin"), KEYS.size());
        history = HistoryWriter.create(directory.resolve("history"), "one");
    }

    private void begin(Set<Feature> features) {
        Zipf zipf = new Zipf(KEYS.size(), 1);
        SplittableRandom random = new SplittableRandom(3);
        writes = new WriteLoad(subject, versions, history, KEYS, zipf, random, 20_000, features, running::get);
        thread = new Thread(writes, "writer");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void end() throws Exception {
        running.set(false);
        if (thread != null) {
            thread.join();
        }
        history.close();
    }

    /** With one read, since without any nothing is checked. */
    private StalenessReport report() throws Exception {
        end();
        try (HistoryWriter reader = HistoryWriter.create(directory.resolve("reader"), "reader")) {
            long now = System.nanoTime();
            reader.read(0, versions.get(0), now, System.nanoTime(), ReadTier.L2);
        }
        return StalenessChecker.withBound(Duration.ofSeconds(2))
                .initialVersion(SharedVersions.INITIAL)
                .history(directory.resolve("history"))
                .history(directory.resolve("reader"))
                .check();
    }

    private long ended(Operation operation) {
        return writes.count(operation);
    }

    @Test
    void run_allFeatures_usesThemByTheirShares() throws Exception {
        KEYS.forEach(key -> versions.commit(key.number()));
        begin(EnumSet.allOf(Feature.class));
        await().until(() -> ended(Operation.CLEAR) > 0 && ended(Operation.TAG) > 50);

        StalenessReport report = report();

        assertThat(writes.failures.count()).isZero();
        assertThat(subject.wrongKind).isFalse();
        assertThat(ended(Operation.INVALIDATE)).isGreaterThan(5 * ended(Operation.PUT));
        assertThat(ended(Operation.PUT)).isPositive();
        assertThat(ended(Operation.EXPIRE)).isPositive();
        // A clear is of what others have committed, too.
        assertThat(report.invalidations()).isGreaterThan(report.writes());
        assertThat(report.writes())
                .isEqualTo(KEYS.stream()
                        .mapToLong(key -> versions.get(key.number()) - SharedVersions.INITIAL - 1)
                        .sum());
    }

    @Test
    void run_noFeatures_invalidatesOnly() throws Exception {
        begin(Set.of());
        await().until(() -> ended(Operation.INVALIDATE) > 500);

        StalenessReport report = report();

        assertThat(ended(Operation.INVALIDATE)).isEqualTo(report.writes()).isEqualTo(report.invalidations());
        assertThat(ended(Operation.PUT) + ended(Operation.TAG) + ended(Operation.EXPIRE) + ended(Operation.CLEAR))
                .isZero();
    }

    @Test
    void run_putOff_isAcknowledgedWhenNothingIsPending() throws Exception {
        subject.pending.set(1);
        subject.answer = new PendingException(new IllegalStateException("not reached"));
        begin(Set.of());
        await().until(() -> ended(Operation.INVALIDATE) > 20);
        writes.pause();
        await().until(() -> writes.owed() == ended(Operation.INVALIDATE));

        subject.pending.set(0);
        await().until(() -> writes.owed() == 0);

        assertThat(writes.failures.count()).isZero();
        StalenessReport report = report();
        assertThat(report.invalidations()).isEqualTo(report.writes()).isEqualTo(ended(Operation.INVALIDATE));
    }

    @Test
    void run_stillPendingAtTheEnd_isNeverAcknowledged() throws Exception {
        subject.pending.set(1);
        subject.answer = new PendingException(new IllegalStateException("not reached"));
        begin(Set.of());
        await().until(() -> ended(Operation.INVALIDATE) > 20);

        StalenessReport report = report();
        assertThat(report.invalidations()).isZero();
        assertThat(report.writes()).isEqualTo(ended(Operation.INVALIDATE));
        assertThat(report.passed()).isFalse();
    }

    @Test
    void run_failsOtherwise_isCountedAndNeverAcknowledged() throws Exception {
        subject.answer = new IllegalStateException("on purpose");
        begin(Set.of());
        await().until(() -> ended(Operation.INVALIDATE) > 20);

        StalenessReport report = report();
        assertThat(report.invalidations()).isZero();
        assertThat(writes.failures.count()).isEqualTo(ended(Operation.INVALIDATE));
    }

    @Test
    void pause_whileWriting_stopsUntilResumed() {
        begin(Set.of());
        await().until(() -> ended(Operation.INVALIDATE) > 20);
        writes.pause();
        await().until(() -> writes.owed() == 0);
        long written = ended(Operation.INVALIDATE);

        await().during(Duration.ofMillis(50)).until(() -> ended(Operation.INVALIDATE) == written);

        writes.resume();
        await().until(() -> ended(Operation.INVALIDATE) > written);
    }

    /** Throws what it is told to, or does nothing. */
    private static final class Scripted implements Subject {

        private final AtomicLong pending = new AtomicLong();
        private volatile RuntimeException answer;
        private volatile boolean wrongKind;

        private void write(Key key, Kind expected) {
            wrongKind |= key.kind() != expected;
            write();
        }

        private void write() {
            if (answer != null) {
                throw answer;
            }
        }

        @Override
        public Set<Feature> features() {
            return EnumSet.allOf(Feature.class);
        }

        @Override
        public Reading read(Key key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reading readLatest(Key key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void invalidate(Key key, long version) {
            write();
        }

        @Override
        public void put(Key key, long version) {
            write(key, Kind.VERSIONED);
        }

        @Override
        public void expire(Key key, long version) {
            write(key, Kind.PLAIN);
        }

        @Override
        public void invalidateTag(String tag) {
            write();
        }

        @Override
        public void clear() {
            write();
        }

        @Override
        public long pending() {
            return pending.get();
        }

        @Override
        public Counts counts() {
            return Counts.NONE;
        }

        @Override
        public void close() {}
    }
}
