package io.crema.scenarios;

import io.crema.policy.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Many readers ask for one key at once that nobody has, in all instances. Then the same with an origin that fails. Each
 * round has a key of its own. The first meets JVMs that have just begun, and is judged by a bar of its own.
 */
final class Stampede implements Scenario.Trial {

    private static final int READERS = 1_000;
    private static final int ROUNDS = 10;
    private static final Duration LOAD_TIME = Duration.ofMillis(200);

    /** How long a key is left alone after a failed load, where no policy says otherwise. */
    private static final Backoff HOLD = Backoff.every(Duration.ofMillis(200));

    /** For how long an instance has the right to load a key. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    /** One key. */
    record Round(Burst.Outcome outcome, CallLog calls) {}

    @Override
    public String about(Settings settings) {
        return settings.readers().orElse(READERS) + " readers of one cold key, which takes the origin "
                + LOAD_TIME.toMillis() + " ms";
    }

    @Override
    public Result run(Stage stage) throws InterruptedException {
        int readers = stage.settings.readers().orElse(READERS);
        int rounds = stage.settings.rounds().orElse(ROUNDS);
        List<Round> answering = new ArrayList<>();
        List<Round> failing = new ArrayList<>();
        Round cold;
        List<Vitals> vitals;
        try (Fleet fleet = stage.fleet(Policies.fresh(Duration.ofMinutes(10)))) {
            stage.origin.set(Origin.Mode.ANSWER, LOAD_TIME);
            cold = round(stage, fleet, "cold", readers);
            for (int i = 1; i <= rounds; i++) {
                answering.add(round(stage, fleet, "answering-" + i, readers));
            }
            stage.origin.set(Origin.Mode.FAIL, LOAD_TIME);
            for (int i = 1; i <= rounds; i++) {
                failing.add(round(stage, fleet, "failing-" + i, readers));
            }
            vitals = fleet.vitals();
        }
        List<Bar> bars = new ArrayList<>(ofCold(readers, stage.settings.instances(), cold));
        bars.addAll(ofAnswering(readers, answering));
        bars.addAll(ofFailing(readers, failing));
        Figures figures = new Figures()
                .add("readers", readers)
                .add("rounds", rounds)
                .add("cold", figures(cold))
                .add("answering", figures(answering))
                .add("failing", figures(failing))
                .addStats(vitals);
        return new Result(Scenario.STAMPEDE.label(), bars, figures.map(), null);
    }

    private static Round round(Stage stage, Fleet fleet, String key, int readers) throws InterruptedException {
        Burst.Outcome outcome = fleet.burst(key, readers);
        // Not by prefix: round 1 is not round 10.
        CallLog calls = new CallLog(stage.origin.log().calls().stream()
                .filter(call -> call.key().equals(key))
                .toList());
        stage.say(key + ": " + outcome.given() + " got a value, " + outcome.failed() + " failed, origin calls "
                + calls.count() + ", longest read " + Bar.text(outcome.longestMillis()) + " ms");
        return new Round(outcome, calls);
    }

    /**
     * The threads of a JVM that has just begun keep each other from the processors, and so the remote tier's answer from
     * whoever waits for it: for longer than its time limit. An instance without an answer loads for itself, once.
     */
    static List<Bar> ofCold(int readers, int instances, Round round) {
        return List.of(
                Bar.atLeast("cold: origin calls, fewest", round.calls.count(), 1, ""),
                Bar.atMost("cold: origin calls, one in each instance at most", round.calls.count(), instances, ""),
                Bar.exactly(
                        "cold: readers that got a value", round.outcome.given() - round.outcome.wrong(), readers, ""));
    }

    static List<Bar> ofAnswering(int readers, List<Round> rounds) {
        double calls = rounds.stream()
                .mapToInt(round -> round.calls.count())
                .boxed()
                .max(Comparator.comparingInt(count -> Math.abs(count - 1)))
                .map(Integer::doubleValue)
                .orElse(Double.NaN);
        double served = rounds.stream()
                .mapToInt(Stampede::servedAlike)
                .boxed()
                .min(Comparator.naturalOrder())
                .map(Integer::doubleValue)
                .orElse(Double.NaN);
        return List.of(
                Bar.exactly("origin calls of a key, of the worst round", calls, 1, ""),
                Bar.exactly("readers that got the one value, of the worst round", served, readers, ""),
                Bar.atMost(
                        "the last reader began, after the first",
                        rounds.stream()
                                .mapToDouble(round -> round.outcome.lastBeganMillis())
                                .max()
                                .orElse(Double.NaN),
                        LOAD_TIME.toMillis(),
                        "ms"));
    }

    /** How many readers got that value of the key which most of them got. */
    private static int servedAlike(Round round) {
        int most = round.outcome.madeAt().values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        return Math.max(0, most - round.outcome.wrong());
    }

    static List<Bar> ofFailing(int readers, List<Round> rounds) {
        return List.of(
                Bar.exactly(
                        "failing: origin calls beyond one per hold, of all rounds",
                        rounds.stream()
                                .mapToInt(round -> round.calls.early(HOLD).size())
                                .sum(),
                        0,
                        ""),
                Bar.atLeast(
                        "failing: origin calls of a key, fewest",
                        rounds.stream()
                                .mapToDouble(round -> round.calls.count())
                                .min()
                                .orElse(Double.NaN),
                        1,
                        ""),
                Bar.exactly(
                        "failing: readers that were told, of the worst round",
                        rounds.stream()
                                .mapToDouble(round -> round.outcome.failed())
                                .min()
                                .orElse(Double.NaN),
                        readers,
                        ""),
                Bar.atMost(
                        "failing: longest wait",
                        rounds.stream()
                                .mapToDouble(round -> round.outcome.longestMillis())
                                .max()
                                .orElse(Double.NaN),
                        LEASE.toMillis(),
                        "ms"));
    }

    private static List<Object> figures(List<Round> rounds) {
        return rounds.stream().<Object>map(Stampede::figures).toList();
    }

    private static Map<String, Object> figures(Round round) {
        return new Figures()
                .add("originCalls", round.calls.count())
                .add("given", round.outcome.given())
                .add("failed", round.outcome.failed())
                .add("failures", round.outcome.failures())
                .add("lastBeganMillis", round.outcome.lastBeganMillis())
                .add("longestMillis", round.outcome.longestMillis())
                .map();
    }
}
