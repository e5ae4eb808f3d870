package io.crema.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The Redis server is stopped under load, with connections that stay open, and goes on after a while. Beside it the same
 * load on instances whose Redis server is not there at all. Near entries live for two seconds, so that a part of the reads
 * needs Redis when it stops, and after the staleness bound all of them do.
 */
final class RedisPause implements Scenario.Trial {

    private static final int KEYS = 1_000;
    private static final int RATE = 1_500;
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration AFTERWARDS = Duration.ofSeconds(8);
    private static final Duration NEAR = Duration.ofSeconds(2);
    private static final Duration LOAD_TIME = Duration.ofMillis(20);

    /** Of one operation of Redis, unless set otherwise. */
    private static final Duration TIME_LIMIT = Duration.ofMillis(200);

    private static final double UNTIL_OPEN = 2;
    private static final double OF_BASELINE = 1.2;

    /**
     * What was seen.
     *
     * @param opened instances whose breaker opened
     * @param all reads due from the pause on
     * @param untilOpen those due before the breaker of their instance opened
     * @param open those due after that, and before Redis went on
     * @param baseline reads of instances without Redis
     */
    record Evidence(
            int instances,
            int opened,
            Duration timeLimit,
            long unended,
            History.Reads all,
            History.Reads untilOpen,
            History.Reads open,
            History.Reads baseline) {}

    @Override
    public String about(Settings settings) {
        return "Redis is stopped for " + settings.duration().orElse(PAUSE).toSeconds()
                + " s; the origin answers within " + LOAD_TIME.toMillis() + " ms";
    }

    private static Policies policies() {
        return Policies.fresh(Duration.ofMinutes(10)).nearTimeToLive(NEAR);
    }

    @Override
    public Result run(Stage stage) throws InterruptedException {
        Duration pause = stage.settings.duration().orElse(PAUSE);
        int keys = stage.settings.keys().orElse(KEYS);
        int rate = stage.settings.rate().orElse(RATE);
        Load load = new Load("readers", Load.Style.ASYNCHRONOUS, 1, rate, InstanceMain.CACHE, "key", keys, 0, 600_000);
        stage.origin.set(Origin.Mode.ANSWER, LOAD_TIME);
        History.Reads baseline = baseline(stage, load, pause);
        try (Fleet fleet = stage.fleet(policies())) {
            fleet.fill(Keys.of(InstanceMain.CACHE, "key", keys));
            fleet.begin(load);
            stage.watch("all is well", fleet, WARM_UP);
            stage.redis.pause();
            long from = System.nanoTime();
            stage.watch("Redis is stopped", fleet, pause);
            long to = System.nanoTime();
            stage.redis.resume();
            stage.watch("Redis goes on", fleet, AFTERWARDS);
            List<History> histories = fleet.end("readers");
            List<Vitals> vitals = fleet.vitals();
            Evidence evidence = evidence(histories, vitals, from, to, baseline);
            Figures figures = new Figures()
                    .add("keys", keys)
                    .add("readsPerSecond", rate)
                    .add("pauseSeconds", pause.toSeconds())
                    .add(
                            "openedAfterMillis",
                            vitals.stream()
                                    .flatMap(vital -> vital.openedAfter(from).stream())
                                    .map(at -> (at - from) / 1_000_000)
                                    .toList())
                    .add("untilOpen", evidence.untilOpen)
                    .add("open", evidence.open)
                    .add("baseline", baseline)
                    .add("fromPauseOn", evidence.all)
                    .addStats(vitals);
            return new Result(Scenario.REDIS_PAUSE.label(), judge(evidence), figures.map(), null);
        }
    }

    /** Of instances that are at work for as long as the others are when they are looked at. */
    private static History.Reads baseline(Stage stage, Load load, Duration time) throws InterruptedException {
        try (Fleet fleet = stage.fleet(nobodysUri(), OriginClient.Kind.INTERRUPTIBLE, policies())) {
            fleet.begin(load);
            stage.watch("the baseline, without Redis: warm-up", fleet, WARM_UP);
            long from = System.nanoTime();
            stage.watch("the baseline, without Redis", fleet, time);
            return History.merged(fleet.end("readers")).between(from, from + time.toNanos());
        }
    }

    /** Of a port at which nobody listens. */
    private static String nobodysUri() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "redis://127.0.0.1:" + socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each instance has its own breaker, so its reads are told apart by that. */
    static Evidence evidence(List<History> histories, List<Vitals> vitals, long from, long to, History.Reads baseline) {
        History.Reads none = History.Reads.of(List.of());
        History.Reads all = none;
        History.Reads untilOpen = none;
        History.Reads open = none;
        int opened = 0;
        long unended = 0;
        for (int i = 0; i < histories.size(); i++) {
            History history = histories.get(i);
            Optional<Long> at = vitals.get(i).openedAfter(from).filter(moment -> moment < to);
            opened += at.isPresent() ? 1 : 0;
            unended += history.unended();
            all = all.plus(history.between(from, Long.MAX_VALUE));
            untilOpen = untilOpen.plus(history.between(from, at.orElse(to)));
            open = open.plus(history.between(at.orElse(to), to));
        }
        return new Evidence(histories.size(), opened, TIME_LIMIT, unended, all, untilOpen, open, baseline);
    }

    static List<Bar> judge(Evidence evidence) {
        return List.of(
                Bar.exactly("failed reads", evidence.all.failed() + evidence.unended, 0, ""),
                Bar.exactly("reads of another key's value", evidence.all.wrong(), 0, ""),
                Bar.exactly("instances whose breaker opened", evidence.opened, evidence.instances, ""),
                Bar.atMost(
                        "p99 of reads until the breaker opened",
                        evidence.untilOpen.waitMillis(99),
                        UNTIL_OPEN * evidence.timeLimit.toMillis(),
                        "ms"),
                Bar.atMost(
                        "p99 of reads while it was open, by that without Redis",
                        evidence.open.waitMillis(99) / evidence.baseline.waitMillis(99),
                        OF_BASELINE,
                        "x"),
                Bar.exactly("failed reads of the baseline", evidence.baseline.failed(), 0, ""));
    }
}
