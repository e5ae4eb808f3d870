package io.crema.scenarios;

import io.crema.policy.Backoff;
import io.crema.policy.Bulkhead;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.StaleOnError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The origin takes requests and does nothing, for a while; then it answers them all. Once with loaders that an interrupt
 * ends, once with such as hear none. Beside the readers of known keys, which have a reserve, there are some of keys that
 * nobody had before, and callers that wait themselves.
 */
final class OriginHang implements Scenario.Trial {

    private static final int KEYS = 200;
    private static final int RATE = 1_500;
    private static final int NEW_KEYS_PER_SECOND = 30;
    private static final int CALLERS = 4;
    private static final int CALLS_PER_SECOND = 25;
    private static final Duration HANG = Duration.ofSeconds(20);
    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration LOAD_TIME = Duration.ofMillis(5);
    private static final Duration SOFT = Duration.ofMillis(100);
    private static final Duration HARD = Duration.ofSeconds(1);
    private static final Bulkhead BULKHEAD = Bulkhead.of(64);
    private static final Backoff RETRY = Backoff.every(Duration.ofSeconds(2));

    /** What the scheduler of a busy machine may add to a wait. */
    private static final Duration SLACK = Duration.ofMillis(250);

    /** Of the cache and of its clients, which do not depend on loads. */
    private static final int OTHER_THREADS = 16;

    private static final Duration WELL_FOR = Duration.ofSeconds(1);

    /**
     * What was seen with one kind of loader.
     *
     * @param readers due from the hang on, of keys known and new
     * @param callers the same of callers that wait
     * @param moreThreads of the instance that had most more than before
     * @param hung requests that were under way when the hang was over
     * @param recovery nanoseconds from the end of the hang until all was well; empty = never
     */
    record Evidence(
            Duration hard,
            Duration step,
            int loads,
            long unended,
            History.Reads readers,
            History.Reads callers,
            int moreThreads,
            long hung,
            OptionalLong recovery) {}

    @Override
    public String about(Settings settings) {
        return "the origin hangs for " + settings.duration().orElse(HANG).toSeconds() + " s; loads time out after "
                + HARD.toMillis() + " ms, with a reserve after " + SOFT.toMillis() + " ms";
    }

    private static Policies policies() {
        return Policies.fresh(FRESH)
                .staleOnError(StaleOnError.upTo(Duration.ofHours(2)).retry(RETRY))
                .loadTimeouts(LoadTimeouts.soft(SOFT).hard(HARD))
                .bulkhead(BULKHEAD);
    }

    @Override
    public Result run(Stage stage) throws InterruptedException {
        List<Bar> bars = new ArrayList<>();
        Figures figures = new Figures();
        for (OriginClient.Kind kind : OriginClient.Kind.values()) {
            String part = kind.name().toLowerCase(Locale.ROOT);
            for (Bar bar : judge(play(stage, kind, part, figures))) {
                bars.add(bar.in(part));
            }
        }
        return new Result(Scenario.ORIGIN_HANG.label(), bars, figures.map(), null);
    }

    private static Evidence play(Stage stage, OriginClient.Kind kind, String part, Figures figures)
            throws InterruptedException {
        Duration hang = stage.settings.duration().orElse(HANG);
        int keys = stage.settings.keys().orElse(KEYS);
        int rate = stage.settings.rate().orElse(RATE);
        try (Fleet fleet = stage.fleet(stage.redis.uri(), kind, policies())) {
            stage.origin.set(Origin.Mode.ANSWER, LOAD_TIME);
            fleet.fill(Keys.of(InstanceMain.CACHE, part, keys));
            fleet.begin(load("readers", Load.Style.ASYNCHRONOUS, 1, rate, part, keys));
            fleet.begin(load("new", Load.Style.ASYNCHRONOUS, 1, NEW_KEYS_PER_SECOND, part + "-new", 0));
            fleet.begin(load("callers", Load.Style.CALLERS, CALLERS, CALLS_PER_SECOND, part, keys));
            stage.watch(part + ": all is well", fleet, Duration.ofSeconds(5));
            List<Vitals> before = fleet.vitals();
            stage.origin.set(Origin.Mode.HANG, LOAD_TIME);
            long from = System.nanoTime();
            stage.watch(part + ": the origin hangs", fleet, hang);
            List<Vitals> after = fleet.vitals();
            long hung = stage.origin.log().between(from, Long.MAX_VALUE).unended();
            stage.origin.set(Origin.Mode.ANSWER, LOAD_TIME);
            long to = System.nanoTime();
            stage.watch(
                    part + ": the origin answers",
                    fleet,
                    RETRY.longest().multipliedBy(2).plusSeconds(3));
            History readers = History.merged(fleet.end("readers"));
            History unknown = History.merged(fleet.end("new"));
            History callers = History.merged(fleet.end("callers"));
            OptionalLong well = History.wellAfter(List.of(readers, unknown, callers), to, WELL_FOR.toNanos());
            History.Reads readersOnly = readers.between(from, Long.MAX_VALUE);
            History.Reads newOnly = unknown.between(from, Long.MAX_VALUE);
            int moreThreads = 0;
            for (int i = 0; i < before.size(); i++) {
                moreThreads = Math.max(
                        moreThreads, after.get(i).peakThreads() - before.get(i).threads());
            }
            Evidence evidence = new Evidence(
                    HARD,
                    RETRY.longest(),
                    BULKHEAD.loads(),
                    readers.unended() + unknown.unended() + callers.unended(),
                    readersOnly.plus(newOnly),
                    callers.between(from, Long.MAX_VALUE),
                    moreThreads,
                    hung,
                    well.isPresent() ? OptionalLong.of(well.getAsLong() - to) : OptionalLong.empty());
            figures.add(
                    part,
                    new Figures()
                            .add("keys", keys)
                            .add("readsPerSecond", rate)
                            .add("hangSeconds", hang.toSeconds())
                            .add(
                                    "originCalls",
                                    stage.origin.log().between(from, to).count())
                            .add(
                                    "threadsBefore",
                                    before.stream().map(Vitals::threads).toList())
                            .add(
                                    "threadsPeak",
                                    after.stream().map(Vitals::peakThreads).toList())
                            .add("readersOfKnownKeys", readersOnly)
                            .add("readersOfNewKeys", newOnly)
                            .add("callers", evidence.callers)
                            .addStats(fleet.vitals())
                            .map());
            return evidence;
        }
    }

    private static Load load(String name, Load.Style style, int threads, double rate, String prefix, int keys) {
        long fresh = FRESH.plusMillis(100).toMillis();
        return new Load(name, style, threads, rate, InstanceMain.CACHE, prefix, keys, 0, fresh);
    }

    static List<Bar> judge(Evidence evidence) {
        long longest = evidence.hard.plus(SLACK).toMillis();
        return List.of(
                Bar.exactly("reads that never ended", evidence.unended, 0, ""),
                Bar.atMost("longest wait of an asynchronous reader", evidence.readers.waitMillis(100), longest, "ms"),
                Bar.atMost("longest wait of a caller", evidence.callers.serviceMillis(100), longest, "ms"),
                Bar.atMost("threads more than before, at the peak", evidence.moreThreads, bound(evidence), ""),
                Bar.atMost(
                        "until all was well again",
                        evidence.recovery.isPresent() ? evidence.recovery.getAsLong() / 1e6 : Double.NaN,
                        evidence.step.plus(SLACK).toMillis(),
                        "ms"),
                Bar.exactly("reads of another key's value", evidence.readers.wrong() + evidence.callers.wrong(), 0, ""),
                Bar.atLeast("requests that hung to the end", evidence.hung, 1, ""),
                Bar.atLeast("reads that had to fail", evidence.readers.failed(), 1, ""));
    }

    private static int bound(Evidence evidence) {
        return evidence.loads + OTHER_THREADS;
    }
}
