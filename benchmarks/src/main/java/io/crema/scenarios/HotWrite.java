package io.crema.scenarios;

import io.crema.scenarios.Writes.Last;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * All instances write one key behind their callers, thousands of times a second, and others beside it. The table needs 5 ms
 * for a batch. The control writes every update of a key, not only the last of a window.
 */
final class HotWrite implements Scenario.Trial {

    private static final int RATE = 10_000;
    private static final int KEYS = 300;
    private static final int OTHERS_PER_SECOND = 500;
    private static final int THREADS = 24;
    private static final Duration TIME = Duration.ofSeconds(60);
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration COMMIT = Duration.ofMillis(5);
    private static final Duration EMPTY_AFTER = Duration.ofSeconds(30);

    /** Of the policy that is used, as it comes. */
    private static final Duration WINDOW = Duration.ofSeconds(1);

    /** What is asked for is a rate that is reached, so a bit more is offered. */
    private static final double OFFERED = 1.02;

    private static final long LOOK_MILLIS = 250;
    private static final int LOOKS_FOR_EACH_COLLECTION = 12;
    private static final double FLAT = 1.1;
    private static final double JOURNAL_FLAT = 1.25;
    private static final long MOST_LAG_MILLIS = 4_000;

    /**
     * What was seen at a moment of the load.
     *
     * @param heapBytes of all instances, after a collection
     */
    record Sample(
            double seconds, long acknowledged, long journal, long lagMillis, List<Long> heapBytes, long redisBytes) {}

    /** The quick ones among the looks: {@link Sample}s come more rarely, as each collects garbage. */
    record Look(long journal, long lagMillis) {}

    /**
     * What was seen.
     *
     * @param seconds that counted
     * @param acknowledged writes of the hot key in them
     * @param failed writes of any key, in them
     * @param hot writes of the hot key that the table got in them
     * @param emptied whether the journals were empty in the end
     * @param lost keys whose row was not the last write that a caller was told of
     */
    record Evidence(
            double rate,
            double seconds,
            long acknowledged,
            long failed,
            List<Rows.Hot> hot,
            List<Sample> samples,
            List<Look> looks,
            long inversions,
            boolean emptied,
            List<String> lost) {}

    @Override
    public String about(Settings settings) {
        return String.format(
                Locale.ROOT,
                "one key is written %,d times a second, beside %,d others, for %d s; the table needs %d ms for a batch",
                settings.rate().orElse(RATE),
                settings.keys().orElse(KEYS),
                settings.duration().orElse(TIME).toSeconds(),
                COMMIT.toMillis());
    }

    @Override
    public Result run(Stage stage) throws InterruptedException {
        double rate = stage.settings.rate().orElse(RATE);
        int keys = stage.settings.keys().orElse(KEYS);
        Duration time = stage.settings.duration().orElse(TIME);
        try (Rows rows = Rows.start(COMMIT);
                RedisWatch redis = new RedisWatch(stage.redis.uri());
                Fleet fleet = stage.fleet(Policies.fresh(Duration.ofMinutes(10)))) {
            fleet.beginWrites(new Writes(
                    0,
                    rows.port(),
                    Math.max(1, THREADS / fleet.size()),
                    rate * OFFERED / fleet.size(),
                    Math.max(1, keys / fleet.size()),
                    (double) OTHERS_PER_SECOND / fleet.size(),
                    stage.settings.mode() == Settings.Mode.ON,
                    0));
            TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
            Watched watched = watch(stage, fleet, redis, time);
            stage.say("the writers end");
            List<Last> last = fleet.endWrites();
            boolean emptied = emptied(redis);
            List<Rows.Hot> hot = rows.hot().stream()
                    .filter(write -> write.at() >= watched.from && write.at() < watched.to)
                    .toList();
            Evidence evidence = new Evidence(
                    rate,
                    (watched.to - watched.from) / 1e9,
                    watched.acknowledged,
                    watched.failed,
                    hot,
                    watched.samples,
                    watched.looks,
                    rows.counts().inversions(),
                    emptied,
                    lost(last, rows));
            return new Result(Scenario.HOT_WRITE.label(), judge(evidence), figures(evidence, watched, rows), null);
        }
    }

    /** Of the time that counts. */
    private record Watched(
            long from,
            long to,
            long acknowledged,
            long failed,
            Map<String, Long> failures,
            List<Sample> samples,
            List<Look> looks,
            List<Double> cpuOfInstances,
            double cpuOfRedis) {}

    private static Watched watch(Stage stage, Fleet fleet, RedisWatch redis, Duration time)
            throws InterruptedException {
        List<Sample> samples = new ArrayList<>();
        List<Look> looks = new ArrayList<>();
        List<Writes.Progress> before = fleet.progress();
        double redisBefore = redis.cpuSeconds();
        long from = System.nanoTime();
        List<Writes.Progress> after = before;
        long to = from;
        for (int i = 1; to - from < time.toNanos(); i++) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            fleet.requireAlive();
            RedisWatch.Journals journals = redis.journals();
            looks.add(new Look(journals.entries(), journals.oldestMillis()));
            if (i % LOOKS_FOR_EACH_COLLECTION == 0) {
                after = fleet.progress();
                to = System.nanoTime();
                Sample sample = new Sample(
                        (to - from) / 1e9,
                        acknowledged(after) - acknowledged(before),
                        journals.entries(),
                        journals.oldestMillis(),
                        after.stream().map(Writes.Progress::heapBytes).toList(),
                        redis.usedMemory());
                samples.add(sample);
                stage.say(String.format(
                        Locale.ROOT,
                        "%,d writes acknowledged, %,d a second; %,d in the journals, the oldest %,d ms ago",
                        sample.acknowledged,
                        Math.round(sample.acknowledged / sample.seconds),
                        sample.journal,
                        sample.lagMillis));
            }
        }
        List<Double> cpu = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            cpu.add((after.get(i).cpuNanos() - before.get(i).cpuNanos()) / 1e9);
        }
        return new Watched(
                from,
                to,
                acknowledged(after) - acknowledged(before),
                failed(after) - failed(before),
                failures(after),
                samples,
                looks,
                cpu,
                redis.cpuSeconds() - redisBefore);
    }

    private static long acknowledged(List<Writes.Progress> all) {
        return all.stream().mapToLong(Writes.Progress::acknowledged).sum();
    }

    private static long failed(List<Writes.Progress> all) {
        return failures(all).values().stream().mapToLong(Long::longValue).sum();
    }

    /** From the first write on. */
    private static Map<String, Long> failures(List<Writes.Progress> all) {
        Map<String, Long> failures = new TreeMap<>();
        all.forEach(one -> one.failures().forEach((what, count) -> failures.merge(what, count, Long::sum)));
        return failures;
    }

    private static boolean emptied(RedisWatch redis) throws InterruptedException {
        long end = System.nanoTime() + EMPTY_AFTER.toNanos();
        while (redis.journals().entries() > 0) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return true;
    }

    private static List<String> lost(List<Last> last, Rows rows) {
        List<String> lost = new ArrayList<>();
        Map<String, List<Last>> byKey = last.stream().collect(Collectors.groupingBy(Last::key));
        byKey.forEach((key, of) -> {
            if (of.stream().anyMatch(one -> one.sequence() > 0)
                    && !rows.row(key).map(row -> isLast(row, of)).orElse(false)) {
                lost.add(key);
            }
        });
        return lost;
    }

    /**
     * Whether a row may be what a key ended with: its writer's last one, or one that it was not told of, and none began when
     * that had ended already.
     */
    static boolean isLast(Update row, List<Last> last) {
        Last own = last.stream()
                .filter(one -> one.writer() == row.writer())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Writer " + row.writer() + " is unknown"));
        return row.sequence() > own.sequence()
                || row.sequence() == own.sequence()
                        && last.stream().allMatch(other -> other.sequence() == 0 || other.begun() <= own.ended());
    }

    /** How many there were at most in the time of one window, wherever that begins. */
    static int mostInAWindow(List<Rows.Hot> hot) {
        int most = 0;
        int first = 0;
        for (int i = 0; i < hot.size(); i++) {
            while (hot.get(i).at() - hot.get(first).at() >= WINDOW.toNanos()) {
                first++;
            }
            most = Math.max(most, i - first + 1);
        }
        return most;
    }

    /** The median of the last third, by that of the first. */
    static double growth(List<Double> values) {
        int third = values.size() / 3;
        return third == 0
                ? Double.NaN
                : median(values.subList(values.size() - third, values.size())) / median(values.subList(0, third));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private static <T> double growth(List<T> samples, ToDoubleFunction<T> value) {
        return growth(samples.stream().map(value::applyAsDouble).toList());
    }

    private static double heap(Sample sample) {
        return sample.heapBytes.stream().mapToLong(Long::longValue).sum();
    }

    static List<Bar> judge(Evidence evidence) {
        // A window that has begun, and one that has not ended.
        double windows = Math.ceil(evidence.seconds / (WINDOW.toNanos() / 1e9)) + 1;
        return List.of(
                Bar.atLeast(
                        "writes of the key that were acknowledged",
                        evidence.acknowledged / evidence.seconds,
                        evidence.rate,
                        "/s"),
                Bar.exactly("failed writes", evidence.failed, 0, ""),
                Bar.atMost("origin writes of the key, by flush windows", evidence.hot.size() / windows, 1, ""),
                // Two windows can share the time of one.
                Bar.atMost("origin writes of the key in any second", mostInAWindow(evidence.hot), 2, ""),
                Bar.atLeast("origin writes of the key", evidence.hot.size(), evidence.seconds / 4, ""),
                Bar.atMost(
                        "lag of the oldest write, at most",
                        evidence.looks.stream().mapToLong(Look::lagMillis).max().orElse(Long.MAX_VALUE),
                        MOST_LAG_MILLIS,
                        "ms"),
                Bar.atMost(
                        "writes in the journals, last third by first",
                        growth(evidence.looks, Look::journal),
                        JOURNAL_FLAT,
                        "x"),
                Bar.atMost(
                        "heap after collections, last third by first",
                        growth(evidence.samples, HotWrite::heap),
                        FLAT,
                        "x"),
                Bar.atMost(
                        "memory of Redis, last third by first",
                        growth(evidence.samples, Sample::redisBytes),
                        FLAT,
                        "x"),
                Bar.exactly("writes that came after a newer one of their key", evidence.inversions, 0, ""),
                Bar.exactly("journals empty in the end", evidence.emptied ? 1 : 0, 1, ""),
                Bar.exactly("keys whose row is not the last acknowledged write", evidence.lost.size(), 0, ""));
    }

    private static Figures ageAtOrigin(List<Rows.Hot> hot) {
        List<Double> ages =
                hot.stream().map(write -> write.ageNanos() / 1e6).sorted().toList();
        Figures figures = new Figures();
        if (!ages.isEmpty()) {
            figures.add("p50", median(ages))
                    .add("p100", ages.get(ages.size() - 1).doubleValue());
        }
        return figures;
    }

    private static Map<String, Object> figures(Evidence evidence, Watched watched, Rows rows) {
        List<Long> journal = evidence.looks.stream().map(Look::journal).sorted().toList();
        List<Long> lags = evidence.looks.stream().map(Look::lagMillis).sorted().toList();
        long closest = Long.MAX_VALUE;
        for (int i = 1; i < evidence.hot.size(); i++) {
            closest = Math.min(
                    closest, evidence.hot.get(i).at() - evidence.hot.get(i - 1).at());
        }
        return new Figures()
                .add("seconds", evidence.seconds)
                .add("failuresFromTheFirstWriteOn", watched.failures)
                .add("acknowledged", evidence.acknowledged)
                .add("originWritesOfTheKey", evidence.hot.size())
                .add("closestMillis", closest / 1e6)
                .add("ageAtOriginMillis", ageAtOrigin(evidence.hot).map())
                .add("originWrites", rows.counts().writes())
                .add("originBatches", rows.counts().batches())
                .add("journalP50", journal.get(journal.size() / 2).longValue())
                .add("journalP100", journal.get(journal.size() - 1).longValue())
                .add("lagMillisP50", lags.get(lags.size() / 2).longValue())
                .add("cpuSecondsOfInstances", watched.cpuOfInstances)
                .add("cpuSecondsOfRedis", watched.cpuOfRedis)
                .add("lost", evidence.lost)
                .add("samples", evidence.samples)
                .map();
    }
}
