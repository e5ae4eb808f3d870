package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.ReadConsistency;
import io.crema.testkit.PlainChecker.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random small histories, judged by {@link StalenessChecker} and by {@link PlainChecker}. Times are few, so that they
 * often meet each other and each other's bounds exactly, and may overflow in the middle of a history.
 */
class StalenessAgreementTest {

    private static final int HISTORIES = 3_000;
    private static final long UNIT = 500_000;
    private static final int UNITS = 260;
    private static final int[] BOUNDS = {0, 1, 2, 20, 60};

    @TempDir
    Path directory;

    @Test
    void check_randomHistories_agreesWithThePlainRules() throws IOException {
        Map<String, Long> seen = new TreeMap<>();
        for (int seed = 0; seed < HISTORIES; seed++) {
            new Case(seed).run(seen);
        }
        // Each rule was broken and kept often enough to mean something.
        seen.forEach((figure, count) -> assertThat(count).as(figure).isGreaterThan(100));
    }

    private final class Case {

        private final Random random;
        private final long seed;
        private final long base;
        private final PlainChecker plain = new PlainChecker();
        private final List<Path> files = new ArrayList<>();
        private final List<HistoryWriter> writers = new ArrayList<>();
        private final int[] instances;
        private final boolean crowded;

        Case(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            // The second one so that no time is exactly the one that means "open".
            this.base = List.of(0L, Long.MAX_VALUE - UNITS * UNIT / 2 + UNIT / 4, random.nextLong())
                    .get(random.nextInt(3));
            this.instances = random.ints(1 + random.nextInt(4), 0, 3).toArray();
            this.crowded = random.nextBoolean();
            plain.bound = BOUNDS[random.nextInt(BOUNDS.length)] * UNIT;
            plain.initialVersion = random.nextInt(2);
        }

        void run(Map<String, Long> seen) throws IOException {
            for (int i = 0; i < instances.length; i++) {
                Path file = directory.resolve(seed + "-" + i);
                files.add(file);
                // Instances 1 and 2 have one name, in two processes.
                HostClock clock = new HostClock("here", base + time(), 1_790_000_000_000L);
                String name = instances[i] == 0 ? "zero" : "other";
                writers.add(HistoryWriter.create(file, new HistoryHeader(name, instances[i], clock)));
            }
            int events = 1 + random.nextInt(50);
            for (int i = 0; i < events; i++) {
                event();
            }
            int killed = random.nextInt(4 * instances.length);
            for (int i = 0; i < writers.size(); i++) {
                writers.get(i).close();
                if (i == killed) {
                    byte[] whole = Files.readAllBytes(files.get(i));
                    Files.write(files.get(i), Arrays.copyOf(whole, whole.length - HistoryFormat.END_BYTES));
                    plain.anyCutShort = true;
                }
            }
            compare(killed, seen);
            for (Path file : files) {
                Files.delete(file);
            }
        }

        private long time() {
            return random.nextInt(crowded ? 30 : UNITS) * UNIT + (random.nextInt(4) == 0 ? random.nextInt(3) - 1 : 0);
        }

        private Span span() {
            long from = time();
            return new Span(from, from + 1 + random.nextInt((int) (crowded ? 10 * UNIT : 100 * UNIT)) / UNIT * UNIT);
        }

        private void event() {
            int file = random.nextInt(instances.length);
            int instance = instances[file];
            HistoryWriter writer = writers.get(file);
            long key = random.nextInt(3);
            long version = random.nextInt(5);
            long start = time();
            long end = start + random.nextInt(4) * UNIT;
            switch (random.nextInt(4)) {
                case 0 -> {
                    writer.written(key, version, base + start, base + end);
                    plain.writes.add(new PlainChecker.Write(key, version, start));
                }
                case 1 -> {
                    writer.invalidated(key, version, base + start, base + end);
                    plain.acks.add(new PlainChecker.Ack(instance, key, version, end));
                }
                default -> {
                    ReadTier tier = HistoryFormat.TIERS.get(random.nextInt(3));
                    ReadConsistency consistency = random.nextBoolean()
                            ? ReadConsistency.BOUNDED
                            : List.of(ReadConsistency.values()).get(random.nextInt(3));
                    writer.read(key, version, base + start, base + end, tier, consistency);
                    plain.reads.add(new PlainChecker.Read(file, instance, key, version, start, end, tier, consistency));
                }
            }
        }

        private void compare(int killed, Map<String, Long> seen) throws IOException {
            StalenessChecker checker = StalenessChecker.withBound(Duration.ofNanos(plain.bound))
                    .initialVersion(plain.initialVersion)
                    .requireMonotonicReads();
            for (int i = 0; i < files.size(); i++) {
                if (i == killed) {
                    checker.historyOfKilled(files.get(i));
                } else {
                    checker.history(files.get(i));
                }
            }
            declare(checker);
            Map<String, ReadWindow> windows = new LinkedHashMap<>();
            Map<String, Span> spans = new LinkedHashMap<>();
            windows.put("all", new ReadWindow(Long.MIN_VALUE, Long.MAX_VALUE));
            spans.put("all", new Span(Long.MIN_VALUE, Long.MAX_VALUE));
            for (int i = random.nextInt(4); i > 0; i--) {
                Span span = span();
                spans.put("window " + i, span);
                windows.put("window " + i, new ReadWindow(base + span.from(), base + span.until()));
            }

            Map<String, StalenessReport> reports = checker.checkEach(windows);

            assertThat(reports.keySet()).containsExactlyElementsOf(windows.keySet());
            for (Map.Entry<String, Span> span : spans.entrySet()) {
                StalenessReport report = reports.get(span.getKey());
                Map<String, Object> expected = plain.check(span.getValue());
                assertThat(PlainChecker.figures(report))
                        .as("seed %d, %s %s of %s", seed, span.getKey(), span.getValue(), plain)
                        .isEqualTo(expected);
                expected.forEach((figure, count) -> seen.merge(
                        figure, count instanceof Number number && number.longValue() > 0 ? 1L : 0L, Long::sum));
            }
            seen.remove("latest");
        }

        private void declare(StalenessChecker checker) {
            for (int i = random.nextInt(3); i > 0; i--) {
                Span span = span();
                plain.losses.add(span);
                checker.historyLoss(base + span.from(), base + span.until());
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                Span span = span();
                plain.quiet.add(span);
                checker.quiet(base + span.from(), base + span.until());
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                Span span = span();
                int file = random.nextInt(files.size() + 1) - 1;
                plain.clocks.add(new PlainChecker.ClockSpan(file, span));
                if (file < 0) {
                    checker.clockWindow(base + span.from(), base + span.until());
                } else {
                    checker.clockWindow(files.get(file), base + span.from(), base + span.until());
                }
            }
        }
    }
}
