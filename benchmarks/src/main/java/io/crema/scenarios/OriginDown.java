package io.crema.scenarios;

import io.crema.policy.Backoff;
import io.crema.policy.StaleOnError;
import java.time.Duration;
import java.util.List;

/**
 * The origin hangs up on whoever asks, for a while. The cache keeps what it had as a reserve, and asks again from time to
 * time. The keys expire every two seconds, so that all of them need the origin all the time.
 */
final class OriginDown implements Scenario.Trial {

    private static final int KEYS = 200;
    private static final int RATE = 1_500;
    private static final Duration OUTAGE = Duration.ofSeconds(60);
    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration LOAD_TIME = Duration.ofMillis(5);
    private static final Backoff RETRY = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(8));
    private static final int CALLERS = 4;
    private static final int CALLS_PER_SECOND = 25;

    /** Below, the reserve was hardly needed. */
    private static final double LEAST_OLD_SHARE = 0.5;

    /**
     * What was seen.
     *
     * @param reads due in the outage and after it
     * @param duringOutage those due in the outage
     * @param calls begun in the outage
     */
    record Evidence(
            Duration outage,
            int keys,
            Backoff retry,
            long unended,
            History.Reads reads,
            History.Reads duringOutage,
            CallLog calls) {}

    @Override
    public String about(Settings settings) {
        return "the origin hangs up for " + settings.duration().orElse(OUTAGE).toSeconds() + " s; values are fresh for "
                + FRESH.toSeconds() + " s and kept as a reserve";
    }

    private static Policies policies() {
        return Policies.fresh(FRESH)
                .staleOnError(StaleOnError.upTo(Duration.ofHours(2)).retry(RETRY));
    }

    @Override
    public Result run(Stage stage) throws InterruptedException {
        Duration outage = stage.settings.duration().orElse(OUTAGE);
        int keys = stage.settings.keys().orElse(KEYS);
        int rate = stage.settings.rate().orElse(RATE);
        try (Fleet fleet = stage.fleet(policies())) {
            stage.origin.set(Origin.Mode.ANSWER, LOAD_TIME);
            fleet.fill(Keys.of(InstanceMain.CACHE, "key", keys));
            fleet.begin(load("readers", Load.Style.ASYNCHRONOUS, 1, rate, keys));
            fleet.begin(load("callers", Load.Style.CALLERS, CALLERS, CALLS_PER_SECOND, keys));
            stage.watch("all is well", fleet, Duration.ofSeconds(5));
            stage.origin.set(Origin.Mode.FAIL, LOAD_TIME);
            long from = System.nanoTime();
            stage.watch("the origin is down", fleet, outage);
            long to = System.nanoTime();
            stage.origin.set(Origin.Mode.ANSWER, LOAD_TIME);
            stage.watch("the origin is back", fleet, RETRY.longest().plusSeconds(3));
            List<History> histories =
                    List.of(History.merged(fleet.end("readers")), History.merged(fleet.end("callers")));
            Evidence evidence = new Evidence(
                    Duration.ofNanos(to - from),
                    keys,
                    RETRY,
                    histories.stream().mapToLong(History::unended).sum(),
                    histories
                            .get(0)
                            .between(from, Long.MAX_VALUE)
                            .plus(histories.get(1).between(from, Long.MAX_VALUE)),
                    histories.get(0).between(from, to).plus(histories.get(1).between(from, to)),
                    stage.origin.log().between(from, to));
            double back =
                    (History.wellAfter(histories, to, Duration.ofSeconds(1).toNanos())
                                            .orElse(to)
                                    - to)
                            / 1e6;
            Figures figures = new Figures()
                    .add("keys", keys)
                    .add("readsPerSecond", rate)
                    .add("outageSeconds", outage.toSeconds())
                    .add("originCallsInOutage", evidence.calls.count())
                    .add("allFreshAgainMillis", back)
                    .add("inOutage", evidence.duringOutage)
                    .add("fromOutageOn", evidence.reads)
                    .addStats(fleet.vitals());
            return new Result(Scenario.ORIGIN_DOWN.label(), judge(evidence), figures.map(), null);
        }
    }

    private static Load load(String name, Load.Style style, int threads, double rate, int keys) {
        return new Load(name, style, threads, rate, InstanceMain.CACHE, "key", keys, 0, freshMillis());
    }

    /** With what the coarse clock and a load may take. */
    private static long freshMillis() {
        return FRESH.plusMillis(100).toMillis();
    }

    static List<Bar> judge(Evidence evidence) {
        return List.of(
                Bar.exactly("failed reads", evidence.reads.failed() + evidence.unended, 0, ""),
                Bar.exactly("reads of another key's value", evidence.reads.wrong(), 0, ""),
                Bar.exactly(
                        "attempts before a back-off step was over",
                        evidence.calls.early(evidence.retry).size(),
                        0,
                        ""),
                Bar.atMost(
                        "attempts of one key, of the worst one",
                        evidence.calls.mostOfOneKey(),
                        CallLog.attemptsWithin(evidence.outage, evidence.retry),
                        ""),
                Bar.atLeast(
                        "keys that the origin was asked for",
                        evidence.calls.byKey().size(),
                        evidence.keys,
                        ""),
                Bar.atLeast(
                        "reads that got the reserve",
                        100.0 * evidence.duringOutage.old() / Math.max(1, evidence.duringOutage.count()),
                        100 * LEAST_OLD_SHARE,
                        "%"));
    }
}
