package io.crema.coherence;

import io.crema.testkit.StalenessReport.Violation;
import io.lettuce.core.LettuceVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A verdict for programs. */
final class VerdictJson {

    private VerdictJson() {}

    static String of(Verdict verdict) {
        Settings settings = verdict.settings();
        Figures total = verdict.total();
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("passed", verdict.passed());
        root.put("problems", verdict.problems());
        root.put("reads", total.reads);
        root.put("violations", total.violations());
        root.put("nines", nines(total));
        root.put("vacuity", vacuity(total));
        root.put("vacuityLeastPerTopology", least(verdict.vacuity()));
        root.put("seed", settings.seed());
        root.put("boundMillis", settings.bound().toMillis());
        root.put("durationAsked", settings.duration().toString());
        root.put("secondsRun", Math.round(verdict.seconds()));
        root.put("machine", JsonReport.machine());
        root.put("versions", versions(verdict));
        root.put("topologies", topologies(verdict.results()));
        root.put("positiveControl", control(verdict));
        root.put("peers", peers(verdict.peers()));
        return JsonReport.text(root);
    }

    private static Map<String, Object> versions(Verdict verdict) {
        Map<String, Object> versions = new LinkedHashMap<>();
        List<TopologyResult> all = new ArrayList<>(verdict.results());
        all.addAll(verdict.peers());
        for (TopologyResult result : all) {
            versions.put("redis", result.server());
            for (String subject : result.plan().subjects()) {
                versions.put(subject, SubjectProviders.named(subject).version(subject));
            }
        }
        versions.put("lettuce", LettuceVersion.getVersion());
        return versions;
    }

    /** Of several subjects of Crema, the later ones have their names before the topology's. */
    private static Map<String, Object> topologies(List<TopologyResult> results) {
        Map<String, Object> topologies = new LinkedHashMap<>();
        for (TopologyResult result : results) {
            boolean taken = topologies.containsKey(result.topology());
            topologies.put(taken ? result.subject() + "-" + result.topology() : result.topology(), topology(result));
        }
        return topologies;
    }

    private static Map<String, Object> peers(List<TopologyResult> results) {
        Map<String, Object> peers = new LinkedHashMap<>();
        for (String subject :
                results.stream().map(TopologyResult::subject).distinct().toList()) {
            List<TopologyResult> own = results.stream()
                    .filter(result -> result.subject().equals(subject))
                    .toList();
            Figures total = new Figures();
            own.forEach(result -> total.add(result.total()));
            Map<String, Object> peer = figures(total);
            peer.put("topologies", topologies(own));
            peers.put(subject, peer);
        }
        return peers;
    }

    private static Map<String, Object> topology(TopologyResult result) {
        Map<String, Object> topology = new LinkedHashMap<>();
        topology.put("instances", result.plan().subjects());
        topology.put("seconds", Math.round(result.seconds()));
        topology.put("problems", result.problems());
        topology.put("histories", result.kept().map(Object::toString).orElse("deleted"));
        topology.putAll(figures(result.total()));
        Map<String, Object> faults = new LinkedHashMap<>();
        result.faults().forEach((name, figures) -> {
            Map<String, Object> fault = figures(figures);
            fault.put("occurrences", figures.occurrences);
            fault.put("heldMillis", figures.heldMillis);
            fault.put("notes", result.notes().getOrDefault(name, List.of()));
            faults.put(name, fault);
        });
        topology.put("faults", faults);
        return topology;
    }

    private static @Nullable Map<String, Object> control(Verdict verdict) {
        return verdict.control()
                .map(result -> {
                    Map<String, Object> control = figures(result.total());
                    control.put("instances", result.plan().subjects());
                    control.put("problems", result.problems());
                    return control;
                })
                .orElse(null);
    }

    private static Map<String, Object> figures(Figures figures) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("reads", figures.reads);
        fields.put("violations", figures.violations());
        fields.put("nines", nines(figures));
        fields.put("vacuity", vacuity(figures));
        Map<String, Object> kinds = new LinkedHashMap<>();
        kinds.put("beyondBound", figures.beyondBound);
        kinds.put("ownWritesMissed", figures.ownWritesMissed);
        kinds.put("latestTooOld", figures.latestTooOld);
        kinds.put("unconverged", figures.unconverged);
        kinds.put("fromTheFuture", figures.future);
        fields.put("violationsByKind", kinds);
        fields.put("staleWithinBound", figures.staleWithinBound);
        fields.put("latestReads", figures.latestReads);
        fields.put("quietReads", figures.quietReads);
        fields.put("quietReadsOfUnsettledKeys", figures.unsettledReads);
        fields.put("backwardReads", figures.backwardSuperseded + figures.backwardUnacknowledged);
        fields.put("backwardReadsSuperseded", figures.backwardSuperseded);
        fields.put("unattributed", figures.unattributed);
        Map<String, Object> clock = new LinkedHashMap<>();
        clock.put("readsBeyondBound", figures.clockWindowReads);
        clock.put("longestMillis", figures.clockWindowLongestNanos / 1e6);
        fields.put("clockWindow", clock);
        fields.put("lossWindowMillis", figures.lossWindowMillis);
        fields.put("detectionMillis", figures.detectionMillis);
        fields.put("writes", figures.writes);
        fields.put("readFailures", figures.readFailures);
        fields.put("writeFailures", figures.writeFailures);
        fields.put("worst", figures.worst.stream().map(VerdictJson::row).toList());
        return fields;
    }

    private static Map<String, Object> row(Violation violation) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", violation.kind().name().toLowerCase(Locale.ROOT));
        row.put("key", violation.key());
        row.put("seen", violation.seen());
        row.put("expected", violation.expected());
        row.put("lateMillis", violation.lateness().toNanos() / 1e6);
        row.put("tier", violation.tier().name());
        row.put("startNanos", violation.startNanos());
        row.put("history", String.valueOf(violation.history().getFileName()));
        return row;
    }

    /** Shares of the reads, in 0 to 1. */
    private static Map<String, Object> nines(Figures figures) {
        Map<String, Object> nines = new LinkedHashMap<>();
        nines.put("1ms", figures.share(figures.within1ms));
        nines.put("10ms", figures.share(figures.within10ms));
        nines.put("100ms", figures.share(figures.within100ms));
        nines.put("bound", figures.share(figures.withinBound));
        return nines;
    }

    private static Map<String, Object> vacuity(Figures figures) {
        Map<String, Object> vacuity = new LinkedHashMap<>();
        vacuity.put("hotHits", figures.hotHits);
        vacuity.put("hotHitShare", figures.share(figures.hotHits));
        vacuity.put("gaps", figures.counts.gaps());
        vacuity.put("resyncsKept", figures.counts.resyncsKept());
        vacuity.put("suspects", figures.counts.suspects());
        vacuity.put("refused", figures.refused());
        vacuity.put("fillsRefused", figures.counts.fillsRefused());
        vacuity.put("installsRefused", figures.counts.installsRefused());
        return vacuity;
    }

    private static Map<String, Object> least(Vacuity vacuity) {
        Map<String, Object> least = new LinkedHashMap<>();
        least.put("hotHitShare", vacuity.hotHitShare());
        least.put("gaps", vacuity.gaps());
        least.put("resyncsKept", vacuity.resyncsKept());
        least.put("suspects", vacuity.suspects());
        least.put("refused", vacuity.refused());
        return least;
    }
}
