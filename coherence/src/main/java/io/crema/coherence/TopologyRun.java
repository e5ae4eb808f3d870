package io.crema.coherence;

import io.crema.coherence.Timeline.Slot;
import io.crema.testkit.StalenessChecker;
import io.crema.testkit.StalenessReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One subject on one topology: starts servers and instances, has them led through the faults, ends them, and has their
 * histories judged. For one thread.
 */
final class TopologyRun {

    /** What was not acknowledged has no bound, so a cache that refuses all writes would keep any. */
    private static final double MOST_FAILED_WRITES = 0.1;

    private final Plan plan;
    private final Live live;
    private final long begun = System.nanoTime();
    private final List<String> problems = new ArrayList<>();
    private String server = "unknown";

    TopologyRun(Plan plan, Live live) {
        this.plan = plan;
        this.live = live;
    }

    /**
     * Whatever ends it early is among the problems of the result, and what was recorded until then is judged all the same,
     * unless this thread was interrupted. When it returns, no process is left.
     */
    TopologyResult run() {
        live.at(plan.topology(), "starting");
        live.say(plan.topology() + " with " + String.join(", ", plan.subjects()));
        try (Admin admin = new Admin();
                Topology topology = Topology.start(plan.topology());
                RoleWatch roles = new RoleWatch(admin, topology.servers());
                Fleet fleet = Fleet.start(plan, topology)) {
            server = admin.ask(
                            topology.servers().get(0),
                            commands -> Admin.field(commands.info("server"), "redis_version"))
                    .orElse(server);
            Course course = new Course(plan, new Stage(admin, topology, roles, fleet), live);
            boolean ended = lead(course, fleet);
            problems.addAll(course.problems());
            return Thread.currentThread().isInterrupted() ? nothing() : judge(course.timeline(), fleet, ended);
        } catch (Exception e) {
            note(e);
            return nothing();
        }
    }

    /** Returns whether all was done, so that the histories are whole. */
    private boolean lead(Course course, Fleet fleet) {
        live.watch(fleet);
        try {
            course.run(begun + plan.time().toNanos());
            fleet.finish();
            return true;
        } catch (Exception e) {
            note(e);
            fleet.close();
            return false;
        } finally {
            live.watch(null);
        }
    }

    private void note(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        boolean ours = e instanceof CoherenceException;
        problems.add(plan.topology() + ": " + (ours ? e.getMessage() : e.toString()));
        if (!ours && !Thread.currentThread().isInterrupted()) {
            e.printStackTrace();
        }
    }

    private TopologyResult nothing() {
        return new TopologyResult(
                plan, server, Map.of(), new Figures(), seconds(), Map.of(), problems, Optional.of(plan.folder()));
    }

    private double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }

    private TopologyResult judge(Timeline timeline, Fleet fleet, boolean ended) throws IOException {
        double seconds = seconds();
        live.say(plan.topology() + ": checking the histories");
        Map<String, StalenessReport> reports = checker(timeline, fleet, ended).checkEach(timeline.windows());
        Map<String, Figures> faults = new LinkedHashMap<>();
        Map<String, List<String>> notes = new LinkedHashMap<>();
        Figures total = new Figures();
        for (int i = 0; i < timeline.slots().size(); i++) {
            Slot slot = timeline.slots().get(i);
            StalenessReport report = reports.get(timeline.name(i));
            if (report == null || report.reads() == 0) {
                problems.add(plan.topology() + ": there are no reads in the time of " + slot.fault());
            } else {
                slot.figures().add(report);
                if (report.quiet().unchecked() > 0) {
                    problems.add(plan.topology() + ": a quiet time after " + slot.fault() + " proves nothing");
                }
            }
            faults.computeIfAbsent(slot.fault(), any -> new Figures()).add(slot.figures());
            notes.computeIfAbsent(slot.fault(), any -> new ArrayList<>()).add(String.join(", ", slot.notes()));
            total.add(slot.figures());
        }
        if (ended) {
            requireRecords(reports, fleet, total);
        }
        boolean clean = problems.isEmpty() && total.violations() == 0;
        return new TopologyResult(
                plan, server, faults, total, seconds, notes, problems, clean ? removed() : Optional.of(plan.folder()));
    }

    /** What is not in the histories is not judged. */
    private void requireRecords(Map<String, StalenessReport> reports, Fleet fleet, Figures total) throws IOException {
        long written = reports.values().iterator().next().writes();
        long unrecorded = fleet.commits() - written;
        if (unrecorded < 0 || unrecorded > fleet.mostUnrecorded()) {
            problems.add(plan.topology() + ": " + fleet.commits() + " versions were committed, but " + written
                    + " are recorded");
        }
        if (unrecorded == 0 && total.unattributed > 0) {
            problems.add(plan.topology() + ": " + total.unattributed + " reads returned what nobody committed");
        }
        if (total.writeFailures > total.writes * MOST_FAILED_WRITES) {
            problems.add(plan.topology() + ": " + total.writeFailures + " of " + total.writes
                    + " writes failed, so nothing is known of how late they were seen");
        }
    }

    private Optional<Path> removed() throws IOException {
        RunDirectory.remove(plan.folder());
        return Optional.empty();
    }

    private StalenessChecker checker(Timeline timeline, Fleet fleet, boolean ended) {
        StalenessChecker checker = StalenessChecker.withBound(plan.bound()).initialVersion(SharedVersions.INITIAL);
        for (Path history : fleet.histories()) {
            if (ended) {
                checker.history(history);
            } else if (Files.exists(history)) {
                checker.historyOfKilled(history);
            }
        }
        fleet.historiesOfKilled().forEach(checker::historyOfKilled);
        for (Slot slot : timeline.slots()) {
            slot.losses()
                    .forEach(loss -> checker.historyLoss(
                            loss.window().fromNanos(), loss.window().untilNanos(), loss.keys()));
            slot.clockWindows()
                    .forEach(clock -> checker.clockWindow(
                            clock.history(),
                            clock.window().fromNanos(),
                            clock.window().untilNanos()));
        }
        timeline.quiet().forEach(quiet -> checker.quiet(quiet.fromNanos(), quiet.untilNanos()));
        return checker;
    }
}
