package io.crema.coherence;

import io.crema.coherence.Fault.Healing;
import io.crema.coherence.Fault.Takeover;
import io.crema.coherence.Subject.Counts;
import io.crema.coherence.Timeline.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/** Leads instances through the faults, while their load goes on. For one thread. */
final class Course {

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(20);

    /** So that nothing acknowledged is as young as the bound when a quiet time begins. */
    private static final Duration SETTLED = Duration.ofMillis(100);

    private static final Duration GLANCE = Duration.ofMillis(200);

    private final Plan plan;
    private final Stage stage;
    private final Live live;
    private final Random random;
    private final Timeline timeline = new Timeline();
    private final List<String> problems = new ArrayList<>();

    Course(Plan plan, Stage stage, Live live) {
        this.plan = plan;
        this.stage = stage;
        this.live = live;
        random = new Random(plan.seed());
    }

    Timeline timeline() {
        return timeline;
    }

    List<String> problems() {
        return problems;
    }

    /**
     * Returns when all that was planned has happened.
     *
     * @param deadline when it should be over, of {@link System#nanoTime()}
     * @throws CoherenceException if an instance is not well, among whatever else may go wrong
     */
    void run(long deadline) throws Exception {
        try {
            start();
            Schedule schedule = new Schedule(plan, random);
            for (int happened = 1; !schedule.isOver(); happened++) {
                Duration gap = schedule.gap(Duration.ofNanos(deadline - System.nanoTime()));
                happen(schedule.next(), gap);
                if (happened % plan.pace().quietEvery() == 0 || schedule.isOver()) {
                    quietTime();
                }
            }
        } finally {
            timeline.end();
        }
    }

    private void start() throws InterruptedException {
        Slot slot = timeline.begin(Timeline.START);
        stage.fleet().beginLoad();
        pause(plan.pace().warmUp());
        slot.figures().occurrences = 1;
    }

    private void happen(Fault fault, Duration gap) throws Exception {
        Slot slot = timeline.begin(fault.name());
        Seen before = Seen.of(stage.fleet());
        live.at(plan.topology(), fault.name());
        pause(gap);
        requireNoTakeover(slot);
        Duration hold = plan.pace().hold(fault, plan.bound());
        slot.inject();
        Healing healing =
                fault.injection().inject(new Scene(stage.topology(), stage.fleet(), stage.admin(), random, hold, slot));
        // Of a takeover the time after it is looked at, of other faults the time in which they last.
        long since = fault.takeover() == Takeover.MEANT ? System.nanoTime() : slot.injected();
        pauseUntil(since + hold.toNanos());
        healing.heal();
        stage.topology().heal();
        slot.heal();
        slot.missing().forEach(why -> problems.add(plan.topology() + ": " + fault.name() + " did not happen: " + why));
        // What was cut off comes back while others write.
        pause(plan.pace().recovery());
        drain(fault.name());
        stage.fleet().resumeWrites();
        noteTakeovers(fault, slot);
        before.addWhatHappenedSince(stage.fleet(), slot.figures());
    }

    private void requireNoTakeover(Slot slot) {
        if (!stage.roles().since(slot.begin()).isEmpty()) {
            problems.add(plan.topology() + ": a replica took over although nothing was wrong, before " + slot.fault());
        }
    }

    private void noteTakeovers(Fault fault, Slot slot) {
        List<RoleWatch.Change> changes = stage.roles().since(slot.injected());
        if (changes.isEmpty()) {
            if (fault.takeover() != Takeover.NOT_MEANT) {
                problems.add(plan.topology() + ": no replica took over by " + slot.fault());
            }
            return;
        }
        long last = changes.get(changes.size() - 1).nanos();
        if (fault.takeover() != Takeover.ORDERLY) {
            slot.excuseLoss(
                    slot.injected() - Pace.REPLICATION_LAG.toNanos(),
                    last + Pace.TAKEOVER_ALLOWANCE.toNanos(),
                    keysOfThoseThatTookOver(changes));
        }
        changes.stream()
                .filter(RoleWatch.Change::primary)
                .findFirst()
                .flatMap(promotion -> live.noticedMillis(promotion.nanos()))
                .ifPresent(slot.figures().detectionMillis::add);
    }

    /** Those on other primaries have no excuse. Where other caches than Crema have what is not known: all, then. */
    private LongPredicate keysOfThoseThatTookOver(List<RoleWatch.Change> changes) {
        Set<Integer> ports = changes.stream()
                .filter(RoleWatch.Change::primary)
                .map(RoleWatch.Change::port)
                .collect(Collectors.toSet());
        if (ports.isEmpty()
                || !(stage.topology() instanceof Topology.Cluster cluster)
                || !SubjectProviders.isCrema(plan.subjects().get(0))) {
            return key -> true;
        }
        CremaPlacement placement = new CremaPlacement();
        Set<Integer> slots = placement.slots().stream()
                .filter(slot -> ports.contains(cluster.nodes().primaryOf(slot).port()))
                .collect(Collectors.toSet());
        return placement.keysIn(slots::contains);
    }

    /** Pauses the writers, who would otherwise owe what they are busy with; whoever calls lets them go on. */
    private void drain(String what) throws InterruptedException {
        stage.fleet().pauseWrites();
        List<String> owing = stage.fleet().awaitNoPending(DRAIN_LIMIT);
        if (!owing.isEmpty()) {
            problems.add(plan.topology() + ": " + DRAIN_LIMIT.toSeconds() + " s after " + what
                    + " had ended, invalidations were still owed by " + String.join(", ", owing));
        }
    }

    /** Nothing is written, nothing is owed, and all is read: it must be what was written last. */
    private void quietTime() throws InterruptedException {
        live.at(plan.topology(), "quiet");
        drain("the faults");
        long now = System.nanoTime();
        long loss = timeline.lastLoss(now);
        pauseUntil((loss - now > 0 ? loss : now) + plan.bound().plus(SETTLED).toNanos());
        long from = System.nanoTime();
        stage.fleet()
                .sweep()
                .forEach(name -> problems.add(plan.topology() + ": " + name + " could not read every key, although"
                        + " nothing was wrong any more"));
        timeline.quiet(from, System.nanoTime());
        stage.fleet().resumeWrites();
    }

    private void pause(Duration time) throws InterruptedException {
        pauseUntil(System.nanoTime() + time.toNanos());
    }

    private void pauseUntil(long nanos) throws InterruptedException {
        while (true) {
            stage.fleet().requireWell();
            long left = nanos - System.nanoTime();
            if (left <= 0) {
                return;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(left, GLANCE.toNanos()));
        }
    }

    /** What instances had counted. */
    private record Seen(Counts counts, long writes, long readFailures, long writeFailures) {

        static Seen of(Fleet fleet) {
            List<Progress> all = fleet.progress();
            return new Seen(
                    fleet.counts(),
                    all.stream().mapToLong(Progress::allWrites).sum(),
                    all.stream().mapToLong(Progress::readFailures).sum(),
                    all.stream().mapToLong(Progress::writeFailures).sum());
        }

        void addWhatHappenedSince(Fleet fleet, Figures figures) {
            Seen now = of(fleet);
            figures.occurrences = 1;
            figures.counts = now.counts.minus(counts);
            figures.writes = now.writes - writes;
            figures.readFailures = now.readFailures - readFailures;
            figures.writeFailures = now.writeFailures - writeFailures;
        }
    }
}
