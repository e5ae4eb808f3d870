package io.crema.scenarios;

import io.crema.policy.Bulkhead;
import io.crema.policy.StaleWhileRevalidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * All keys expire at one moment, under half of the load that the instances can bear, and are loaded anew behind their
 * readers. What they can bear is measured first: the reads a second of threads that read these keys one after the other
 * as fast as they can, with the same book-keeping. Reads through a second cache, each of which is a round trip to Redis,
 * are made beside it at a low rate.
 */
final class MassExpiry implements Scenario.Trial {

    private static final int KEYS = 10_000;
    private static final int ROUNDS = 3;
    private static final int FAR_KEYS = 1_000;
    private static final double FAR_PER_SECOND = 200;
    private static final double SHARE_OF_CAPACITY = 0.5;
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration CAPACITY_TIME = Duration.ofSeconds(5);
    private static final Duration FILL_TIME = Duration.ofSeconds(15);

    /** From the begin of the load to the expiry; of its last part one can see how it is without one. */
    private static final Duration RUN_UP = Duration.ofSeconds(5);

    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration LOAD_TIME = Duration.ofMillis(5);
    private static final int LOADS_AT_A_TIME = 64;
    private static final double ROUND_TRIPS = 2;

    /**
     * What was seen.
     *
     * @param expiries of each round, the calls of the origin in the window after it
     * @param reads due in these windows
     * @param far round trips made in these windows
     */
    record Evidence(int keys, List<CallLog> expiries, long unended, History.Reads reads, History.Reads far) {}

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
            double capacity = capacity(stage, fleet, count);
            double rate = stage.settings.rate().orElse((int) (SHARE_OF_CAPACITY * capacity));
            stage.say(String.format(Locale.ROOT, "capacity %,.0f reads a second, load %,.0f", capacity, rate));
            List<Expiry> expiries = new ArrayList<>();
            int rounds = stage.settings.rounds().orElse(ROUNDS);
            for (int i = 1; i <= rounds; i++) {
                expiries.add(expire(stage, fleet, keys, rate, "round " + i + " of " + rounds));
            }
            Evidence evidence = new Evidence(
                    count,
                    expiries.stream().map(Expiry::calls).toList(),
                    expiries.stream().mapToLong(Expiry::unended).sum(),
                    windows(expiries, Expiry::readers, Duration.ZERO, WINDOW),
                    windows(expiries, Expiry::far, Duration.ZERO, WINDOW));
            Figures figures = new Figures()
                    .add("keys", count)
                    .add("rounds", rounds)
                    .add("threadsOfEachInstance", threads(fleet))
                    .add("capacityReadsPerSecond", Math.round(capacity))
                    .add("readsPerSecond", Math.round(rate))
                    .add(
                            "originCalls",
                            evidence.expiries.stream().map(CallLog::count).toList())
                    .add(
                            "originCallsAtATime",
                            evidence.expiries.stream().map(CallLog::mostAtATime).toList())
                    .add(
                            "loadedAnewWithinMillis",
                            expiries.stream().map(Expiry::loadedWithinMillis).toList())
                    .add("afterExpiry", evidence.reads)
                    .add("roundTripAfterExpiry", evidence.far)
                    .add("beforeExpiry", windows(expiries, Expiry::readers, QUIET.negated(), Duration.ZERO))
                    .add("roundTripBeforeExpiry", windows(expiries, Expiry::far, QUIET.negated(), Duration.ZERO))
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

    /** Reads a second of all instances together. */
    private static double capacity(Stage stage, Fleet fleet, int keys) throws InterruptedException {
        fleet.begin(load("capacity", Load.Style.CALLERS, threads(fleet), 0, keys));
        stage.watch("capacity: warm-up", fleet, WARM_UP);
        long from = System.nanoTime();
        stage.watch("capacity", fleet, CAPACITY_TIME);
        History history = History.merged(fleet.end("capacity"));
        // Of whole slices.
        long to = from + CAPACITY_TIME.toNanos();
        return history.between(from, to).count() / (CAPACITY_TIME.toNanos() / 1e9);
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
        fleet.begin(load("readers", Load.Style.SYNCHRONOUS, threads(fleet), rate, keys.count()));
        fleet.begin(new Load(
                "far", Load.Style.CALLERS, 1, FAR_PER_SECOND, InstanceMain.FAR, "far", FAR_KEYS, 0, 3_600_000));
        stage.watchUntil(round + ": before the expiry", fleet, moment);
        stage.watchUntil(round + ": all keys have expired", fleet, moment + WINDOW.toNanos() + History.SLICE_NANOS);
        return new Expiry(
                moment,
                History.merged(fleet.end("readers")),
                History.merged(fleet.end("far")),
                stage.origin.log().ofKeys(keys.prefix()).between(moment, moment + WINDOW.toNanos()));
    }

    /** One round. */
    private record Expiry(long moment, History readers, History far, CallLog calls) {

        long unended() {
            return readers.unended() + far.unended();
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

    private static History.Reads windows(
            List<Expiry> expiries, Function<Expiry, History> reads, Duration from, Duration to) {
        return expiries.stream()
                .map(expiry ->
                        reads.apply(expiry).between(expiry.moment + from.toNanos(), expiry.moment + to.toNanos()))
                .reduce(History.Reads::plus)
                .orElseThrow();
    }

    static List<Bar> judge(Evidence evidence) {
        return List.of(
                Bar.atMost(
                        "origin calls of a key for an expiry, of the worst key",
                        evidence.expiries.stream()
                                .mapToDouble(CallLog::mostOfOneKey)
                                .max()
                                .orElse(Double.NaN),
                        1,
                        ""),
                Bar.atLeast(
                        "keys loaded anew within 10 s, of the worst round",
                        evidence.expiries.stream()
                                .mapToDouble(calls -> calls.byKey().size())
                                .min()
                                .orElse(Double.NaN),
                        evidence.keys,
                        ""),
                Bar.atMost(
                        "p99 of reads within 10 s, by the median round trip to Redis",
                        evidence.reads.waitMillis(99) / evidence.far.serviceMillis(50),
                        ROUND_TRIPS,
                        "x"),
                Bar.exactly("failed reads", evidence.reads.failed() + evidence.far.failed() + evidence.unended, 0, ""),
                Bar.exactly("reads of another key's value", evidence.reads.wrong() + evidence.far.wrong(), 0, ""));
    }
}
