package io.crema.coherence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a run has shown so far. Thread-safe: whoever interrupts the run may ask for it. */
final class Verdict {

    /** What is needed for it to be a proof. */
    private final Vacuity vacuity;

    private final Settings settings;
    private final long begun = System.nanoTime();
    private final List<TopologyResult> results = new ArrayList<>();
    private final List<TopologyResult> peers = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private Optional<TopologyResult> control = Optional.empty();
    private boolean controlWanted;
    private boolean ended;

    Verdict(Settings settings, Vacuity vacuity) {
        this.settings = settings;
        this.vacuity = vacuity;
    }

    Settings settings() {
        return settings;
    }

    Vacuity vacuity() {
        return vacuity;
    }

    synchronized void add(TopologyResult result) {
        (SubjectProviders.isCrema(result.subject()) ? results : peers).add(result);
    }

    synchronized void wantControl() {
        controlWanted = true;
    }

    synchronized void control(TopologyResult result) {
        control = Optional.of(result);
    }

    /** What has kept the run from being one. */
    synchronized void problem(String sentence) {
        problems.add(sentence);
    }

    synchronized void end() {
        ended = true;
    }

    /** What is judged. */
    synchronized List<TopologyResult> results() {
        return List.copyOf(results);
    }

    /** What is only measured. */
    synchronized List<TopologyResult> peers() {
        return List.copyOf(peers);
    }

    synchronized Optional<TopologyResult> control() {
        return control;
    }

    double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }

    Figures total() {
        Figures total = new Figures();
        results().forEach(result -> total.add(result.total()));
        return total;
    }

    long violations() {
        return total().violations();
    }

    /** Why this is no proof, whatever the violations; empty if it is one. */
    synchronized List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        for (TopologyResult result : results) {
            all.addAll(result.problems());
            all.addAll(vacuity.missing(result.name(), result.total()));
        }
        if (controlWanted) {
            controlProblem().ifPresent(all::add);
        }
        if (!ended) {
            all.add("the run did not come to its end");
        } else if (results.isEmpty()) {
            all.add(peers.isEmpty() ? "nothing was run" : "only peers were run, which are measured and not judged");
        }
        return all;
    }

    private Optional<String> controlProblem() {
        if (control.isEmpty()) {
            return Optional.of("there was no positive control");
        }
        TopologyResult result = control.get();
        if (result.total().beyondBound > 0) {
            return Optional.empty();
        }
        if (!result.problems().isEmpty()) {
            return Optional.of("the positive control did not come to its end: " + String.join("; ", result.problems()));
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "the positive control, which has no lease, shows no violation in %,d reads: this would not find one",
                result.total().reads));
    }

    boolean passed() {
        return violations() == 0 && problems().isEmpty();
    }
}
