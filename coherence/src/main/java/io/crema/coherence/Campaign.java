package io.crema.coherence;

import io.crema.coherence.Subject.Feature;
import io.crema.coherence.SubjectProvider.TopologyKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** All that a run consists of: every subject on every topology, and the positive control. */
final class Campaign {

    private final Settings settings;
    private final List<String> subjects;

    /** The deadlines are not set yet: a time of zero. */
    private final List<Plan> plans = new ArrayList<>();

    private final List<Duration> leasts = new ArrayList<>();

    /** @throws CoherenceException if the settings ask for what cannot be */
    Campaign(Settings settings) {
        this.settings = settings;
        subjects = subjects(settings);
        for (String subject : subjects) {
            for (TopologyKind topology : settings.topologies()) {
                if (SubjectProviders.named(subject).topologies(subject).contains(topology)) {
                    plan(subject, topology);
                }
            }
        }
        if (plans.isEmpty()) {
            throw new CoherenceException(
                    "None of the faults " + settings.faults() + " can happen to any of the subjects " + subjects
                            + " on any of the topologies " + settings.topologies());
        }
        Duration least = leastOfAll();
        if (settings.duration().compareTo(least) < 0) {
            throw new CoherenceException("-Dduration is " + settings.duration() + ", but " + plans.size()
                    + " runs in which each fault happens once, for longer than the bound, take at least "
                    + Duration.ofSeconds(least.plusMillis(999).toSeconds()));
        }
    }

    private static List<String> subjects(Settings settings) {
        if (settings.subjects().isEmpty()) {
            List<String> all = new ArrayList<>(List.of(CremaSubjects.DEFAULT));
            all.addAll(SubjectProviders.peers());
            return all;
        }
        for (String subject : settings.subjects()) {
            try {
                SubjectProviders.named(subject);
            } catch (IllegalArgumentException e) {
                throw new CoherenceException("-Dsubjects: " + e.getMessage());
            }
        }
        return settings.subjects();
    }

    private void plan(String subject, TopologyKind topology) {
        List<String> instances = instances(subject);
        List<Fault> faults = Faults.of(topology, instances, settings.faults());
        if (!faults.isEmpty()) {
            plans.add(new Plan(
                    topology,
                    instances,
                    faults,
                    load(),
                    settings.bound(),
                    Duration.ZERO,
                    Pace.FULL,
                    settings.seed() + plans.size(),
                    settings.directory()));
            leasts.add(Pace.FULL.least(topology, faults, settings.bound()));
        }
    }

    /** One instance of Crema has the strict clock, so that a stop of it can be compared with that of another. */
    static List<String> instances(String subject) {
        return subject.equals(CremaSubjects.DEFAULT)
                ? List.of(subject, subject, CremaSubjects.STRICT)
                : Collections.nCopies(Fleet.SIZE, subject);
    }

    /** Whoever is compared does the same, which is what all of them can. */
    private Load load() {
        Set<Feature> features = subjects.stream().allMatch(SubjectProviders::isCrema)
                ? EnumSet.allOf(Feature.class)
                : EnumSet.noneOf(Feature.class);
        return Load.ofOneInThree().withFeatures(features);
    }

    private Duration leastOfAll() {
        return leasts.stream().reduce(Duration.ZERO, Duration::plus);
    }

    /** Returns when all is done, or this thread is interrupted; the verdict says which. */
    void run(Verdict verdict, RunDirectory directory, Live live, Runnable afterEach) {
        boolean crema = subjects.stream().anyMatch(SubjectProviders::isCrema);
        if (crema) {
            verdict.wantControl();
            Plan control = PositiveControl.plan(
                    settings.bound(),
                    Load.ofOneInThree(),
                    Pace.FULL.beyondBound(Duration.ofSeconds(8)),
                    settings.seed(),
                    directory.folder("control"));
            verdict.control(PositiveControl.run(control, live));
        }
        double factor = settings.duration().toMillis() / (double) leastOfAll().toMillis();
        for (int i = 0; i < plans.size() && !Thread.currentThread().isInterrupted(); i++) {
            Duration time = Duration.ofMillis((long) (leasts.get(i).toMillis() * factor));
            Plan plan = plans.get(i).within(time, directory.folder(name(plans.get(i))));
            verdict.add(new TopologyRun(plan, live).run());
            afterEach.run();
        }
        if (!Thread.currentThread().isInterrupted()) {
            verdict.end();
        }
    }

    private static String name(Plan plan) {
        return plan.subjects().get(0) + "-" + plan.topology().name().toLowerCase(Locale.ROOT);
    }
}
