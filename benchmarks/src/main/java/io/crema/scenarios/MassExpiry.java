package io.crema.scenarios;

import io.crema.policy.Bulkhead;
import io.crema.policy.StaleWhileRevalidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * All keys expire at one moment, under half of the load that the instances can bear, and are loaded anew behind their
 * readers. What they can bear is measured first, with the same book-keeping: the most reads a second that come within the
 * bar while nothing expires. Reads through a second cache, each of which is a round trip to Redis, are made beside them at
 * a low rate.
 */
final class MassExpiry implements Scenario.Trial {

    private static final int KEYS = 10_000;
    private static final int ROUNDS = 5;

    /** What an expiry runs must have been compiled, which takes processors too. */
    private static final int ROUNDS_TO_WARM_UP = 3;

    private static final int FAR_KEYS = 1_000;
    private static final double FAR_PER_SECOND = 200;
    private static final double SHARE_OF_CAPACITY = 0.5;
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration CAPACITY_TIME = Duration.ofSeconds(3);

    /** What is tried for the capacity. */
    private static final int MOST_TRIES = 12;

    private static final double STEP = 0.8;
    private static final Duration TRY_TIME = Duration.ofSeconds(4);
    private static final Duration FILL_TIME = Duration.ofSeconds(5);

    /** From the begin of the load to the expiry; of its last part one can see how it is without one. */
    private static final Duration RUN_UP = Duration.ofSeconds(5);

    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration WINDOW = Duration.ofSeconds(10);

    /** All keys are to be loaded anew by then; not at once, which would take the processors from the readers. */
    private static final Duration LOADED_WITHIN = Duration.ofSeconds(20);

    /** Times to live are whole milliseconds, and clocks tick. */
    private static final Duration EARLY = Duration.ofMillis(20);

    private static final Duration LOAD_TIME = Duration.ofMillis(5);
    private static final int LOADS_AT_A_TIME = 64;
    private static final double ROUND_TRIPS = 2;

    /** What was seen. */
    record Evidence(int keys, List<Round> rounds) {

        /** The p99 of each round by its median round trip. */
        List<Double> ratios() {
            return rounds.stream().map(round -> round.seen.p99ByRoundTrip()).toList();
        }

        /** Of rounds, for other programs of the machine disturb some. */
        double medianRatio() {
            return ratios().stream()
                    .sorted()
                    .skip(rounds.size() / 2)
                    .findFirst()
                    .orElse(Double.NaN);
        }

        private LongStream ofRounds(ToLongFunction<Round> count) {
            return rounds.stream().mapToLong(count);
        }
    }

    /**
     * One expiry.
     *
     * @param calls of the origin
     * @param failed reads, or such as never ended, of the whole load
     * @param wrong reads of another key's value, of the whole load
     * @param seen in the window after it
     */
    record Round(CallLog calls, long failed, long wrong, Seen seen) {}

    @Override
    public String about(Settings settings) {
        return settings.keys().orElse(KEYS) + " keys expire together at "
                + settings.rate().stream()
                        .mapToObj(rate -> rate + " reads a second")
                        .findAny()
                        .orElse("half of the measured capacity")
                + ", and are served while they are loaded anew";
    }

    private static Policies policies(int keys) {
        return Policies.fresh(Duration.ofHours(1))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofHours(1)))
                .bulkhead(new Bulkhead(LOADS_AT_A_TIME, keys));
    }

    @Override
    public Result run(Stage stage) throws InterruptedException {
        int count = stage.settings.keys().orElse(KEYS);
        Keys keys = Keys.of(InstanceMain.CACHE, "key", count);
        try (Fleet fleet = stage.fleet(policies(count))) {
            stage.origin.set(Origin.Mode.ANSWER, LOAD_TIME);
            fleet.fill(Keys.of(InstanceMain.FAR, "far", FAR_KEYS));
            fleet.fill(keys);
            OptionalInt given = stage.settings.rate();
            double capacity = given.isPresent() ? Double.NaN : capacity(stage, fleet, count);
            double rate = given.orElse((int) (SHARE_OF_CAPACITY * capacity));
            stage.say(String.format(Locale.ROOT, "load %,.0f reads a second", rate));
            for (int i = 1; i <= ROUNDS_TO_WARM_UP; i++) {
                Expiry unused = expire(stage, fleet, keys, rate, "to warm up, " + i + " of " + ROUNDS_TO_WARM_UP);
            }
            List<Expiry> expiries = new ArrayList<>();
            int rounds = stage.settings.rounds().orElse(ROUNDS);
            for (int i = 1; i <= rounds; i++) {
                expiries.add(expire(stage, fleet, keys, rate, "round " + i + " of " + rounds));
            }
            Evidence evidence =
                    new Evidence(count, expiries.stream().map(Expiry::round).toList());
            Seen after = sum(evidence.rounds.stream().map(Round::seen));
            Seen before = sum(expiries.stream().map(expiry -> expiry.seen(QUIET.negated(), Duration.ZERO)));
            List<CallLog> calls = evidence.rounds.stream().map(Round::calls).toList();
            Figures figures = new Figures()
                    .add("keys", count)
                    .add("rounds", rounds)
                    .add("threadsOfEachInstance", threads(fleet))
                    .add("capacityReadsPerSecond", capacity)
                    .add("readsPerSecond", Math.round(rate))
                    .add("originCalls", calls.stream().map(CallLog::count).toList())
                    .add(
                            "originCallsAtATime",
                            calls.stream().map(CallLog::mostAtATime).toList())
                    .add(
                            "loadedAnewWithinMillis",
                            expiries.stream().map(Expiry::loadedWithinMillis).toList())
                    .add("p99ByRoundTripOfEachRound", evidence.ratios())
                    .add("afterExpiry", after.reads)
                    .add("roundTripAfterExpiry", after.far)
                    .add("beforeExpiry", before.reads)
                    .add("roundTripBeforeExpiry", before.far)
                    .addStats(fleet.vitals());
            return new Result(Scenario.MASS_EXPIRY.label(), judge(evidence), figures.map(), null);
        }
    }

    private static Load load(String name, Load.Style style, int threads, double rate, int keys) {
        return new Load(name, style, threads, rate, InstanceMain.CACHE, "key", keys, 0, 3_600_000);
    }

    /** Of each instance: more than there are processors would be in each other's way. */
    private static int threads(Fleet fleet) {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / fleet.size());
    }

    /**
     * Reads a second of all instances together that they bear: the most, in steps, that come within the bar while nothing
     * expires. The first step is what threads reach that make one after the other.
     */
    private static double capacity(Stage stage, Fleet fleet, int keys) throws InterruptedException {
        double rate = fastest(stage, fleet, keys);
        for (int i = 0; i < MOST_TRIES; i++) {
            begin(fleet, rate, keys);
            stage.watch(String.format(Locale.ROOT, "capacity: %,.0f reads a second?", rate), fleet, TRY_TIME);
            long to = System.nanoTime();
            Seen seen = Loads.end(fleet).between(to - QUIET.toNanos(), to - History.SLICE_NANOS);
            if (seen.p99ByRoundTrip() <= ROUND_TRIPS) {
                return rate;
            }
            rate *= STEP;
        }
        throw new IllegalStateException(String.format(
                Locale.ROOT,
                "Not even %,.0f reads a second come in time here, though nothing expires: the machine is too busy",
                rate / STEP));
    }

    private static double fastest(Stage stage, Fleet fleet, int keys) throws InterruptedException {
        fleet.begin(load("fastest", Load.Style.CALLERS, threads(fleet), 0, keys));
        stage.watch("capacity: warm-up", fleet, WARM_UP);
        long from = System.nanoTime();
        stage.watch("capacity: as fast as can be", fleet, CAPACITY_TIME);
        History history = History.merged(fleet.end("fastest"));
        // Of whole slices.
        long to = from + CAPACITY_TIME.toNanos();
        return history.between(from, to).count() / (CAPACITY_TIME.toNanos() / 1e9);
    }

    private static void begin(Fleet fleet, double rate, int keys) throws InterruptedException {
        fleet.begin(load("readers", Load.Style.SYNCHRONOUS, threads(fleet), rate, keys));
        fleet.begin(new Load(
                "far", Load.Style.CALLERS, 1, FAR_PER_SECOND, InstanceMain.FAR, "far", FAR_KEYS, 0, 3_600_000));
    }

    /** Puts all keys so that they expire at one moment, reads them before it and in the window after it. */
    private static Expiry expire(Stage stage, Fleet fleet, Keys keys, double rate, String round)
            throws InterruptedException {
        long moment = System.nanoTime() + FILL_TIME.plus(RUN_UP).toNanos();
        stage.say(round + ": filling");
        fleet.fill(new Keys(keys.cache(), keys.prefix(), keys.count(), moment));
        if (System.nanoTime() > moment - RUN_UP.toNanos()) {
            throw new IllegalStateException("Putting " + keys.count() + " keys and reading them took longer than "
                    + FILL_TIME.toSeconds() + " s");
        }
        stage.watchUntil(round + ": filled", fleet, moment - RUN_UP.toNanos());
        begin(fleet, rate, keys.count());
        stage.watchUntil(round + ": before the expiry", fleet, moment);
        stage.watchUntil(round + ": all keys have expired", fleet, moment + LOADED_WITHIN.toNanos());
        return new Expiry(
                moment,
                Loads.end(fleet),
                stage.origin
                        .log()
                        .ofKeys(keys.prefix())
                        .between(moment - EARLY.toNanos(), moment + LOADED_WITHIN.toNanos()));
    }

    /** What was read for a while. */
    private record Loads(History readers, History far) {

        static Loads end(Fleet fleet) throws InterruptedException {
            return new Loads(History.merged(fleet.end("readers")), History.merged(fleet.end("far")));
        }

        long unended() {
            return readers.unended() + far.unended();
        }

        Seen all() {
            return new Seen(readers.all(), far.all());
        }

        Seen between(long from, long to) {
            return new Seen(readers.between(from, to), far.between(from, to));
        }
    }

    /**
     * Of some time.
     *
     * @param far round trips
     */
    record Seen(History.Reads reads, History.Reads far) {

        Seen plus(Seen other) {
            return new Seen(reads.plus(other.reads), far.plus(other.far));
        }

        /** The p99 of the latency of reads, by the median of round trips. */
        double p99ByRoundTrip() {
            return reads.latencyMillis(99) / far.serviceMillis(50);
        }
    }

    private record Expiry(long moment, Loads loads, CallLog calls) {

        Round round() {
            Seen all = loads.all();
            return new Round(
                    calls,
                    all.reads.failed() + all.far.failed() + loads.unended(),
                    all.reads.wrong() + all.far.wrong(),
                    seen(Duration.ZERO, WINDOW));
        }

        Seen seen(Duration from, Duration to) {
            return loads.between(moment + from.toNanos(), moment + to.toNanos());
        }

        /** Until the origin had answered the last call. */
        long loadedWithinMillis() {
            long last = calls.calls().stream()
                    .mapToLong(CallLog.Call::ended)
                    .filter(ended -> ended != CallLog.NEVER)
                    .max()
                    .orElse(moment);
            return (last - moment) / 1_000_000;
        }
    }

    private static Seen sum(Stream<Seen> rounds) {
        return rounds.reduce(Seen::plus).orElseThrow();
    }

    static List<Bar> judge(Evidence evidence) {
        return List.of(
                Bar.atMost(
                        "origin calls of a key for an expiry, of the worst key",
                        evidence.ofRounds(round -> round.calls.mostOfOneKey())
                                .max()
                                .orElse(Long.MAX_VALUE),
                        1,
                        ""),
                Bar.atLeast(
                        "keys loaded anew within 20 s, of the worst round",
                        evidence.ofRounds(round -> round.calls.byKey().size())
                                .min()
                                .orElse(0),
                        evidence.keys,
                        ""),
                Bar.atMost(
                        "p99 of reads within 10 s, by the median round trip to Redis",
                        evidence.medianRatio(),
                        ROUND_TRIPS,
                        "x"),
                Bar.exactly("failed reads", evidence.ofRounds(Round::failed).sum(), 0, ""),
                Bar.exactly(
                        "reads of another key's value",
                        evidence.ofRounds(Round::wrong).sum(),
                        0,
                        ""));
    }
}
