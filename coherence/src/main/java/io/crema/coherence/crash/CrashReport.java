package io.crema.coherence.crash;

import io.crema.coherence.JsonReport;
import io.crema.coherence.crash.Judge.Findings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A result for programs and for people. */
final class CrashReport {

    private CrashReport() {}

    /** Of a run that did not come to its end. */
    static String json(CrashSettings settings, String problem) {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("passed", false);
        root.put("problems", new String[] {problem});
        root.put("seed", settings.seed());
        root.put("duration", settings.duration().toString());
        root.put("machine", JsonReport.machine());
        return JsonReport.text(root);
    }

    static String json(CrashResult result) {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("passed", result.passed());
        root.put("violations", result.violations());
        root.put("problems", result.whyNoProof());
        root.putAll(figures(result));
        root.put("examples", result.findings().examples());
        root.put("control", control(result.control()));
        root.put("seed", result.plan().seed());
        root.put("duration", result.plan().duration().toString());
        root.put("secondsRun", Math.round(result.seconds()));
        root.put("machine", JsonReport.machine());
        root.put("redis", result.rest().redis() + ", appendonly yes, appendfsync always");
        root.put("database", result.rest().postgres());
        return JsonReport.text(root);
    }

    private static Map<String, Object> control(Findings control) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("lost", control.lost());
        fields.put("resurrected", control.resurrected());
        fields.put("inversions", control.inversions());
        return fields;
    }

    /** In the order of the report. */
    private static Map<String, Object> figures(CrashResult result) {
        Findings findings = result.findings();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("keys", findings.keys());
        fields.put("writes", findings.writes());
        fields.put("acknowledged", findings.acknowledged());
        fields.put("inDoubt", findings.inDoubt());
        fields.put("lost", findings.lost());
        fields.put("resurrected", findings.resurrected());
        fields.put("unexplained", findings.unexplained());
        fields.put("inversions", findings.inversions());
        fields.put("diverged", findings.diverged());
        fields.put("readsJudged", findings.readsJudged());
        fields.put("staleReads", findings.staleReads());
        fields.put("staleLoads", findings.staleLoads());
        fields.put("takeovers", result.takeovers().size());
        fields.put("maxTakeoverMillis", result.maxTakeoverMillis());
        fields.put("medianTakeoverMillis", result.medianTakeoverMillis());
        fields.put("leaseMillis", Settled.LEASE.toMillis());
        fields.put("kills", result.counts().kills());
        fields.put("suspensions", result.counts().suspensions());
        fields.put("redisRestarts", result.counts().redisRestarts());
        fields.put("redisSuspensions", result.counts().redisSuspensions());
        fields.put("originOutages", result.counts().outages());
        fields.put("originCalls", result.origin().calls());
        fields.put("originFailures", result.origin().failures());
        fields.put("originWrites", result.origin().written());
        fields.put("originApplied", result.origin().applied());
        fields.put("lateWrites", findings.lateWrites());
        fields.put("repeatedWrites", findings.repeatedWrites());
        fields.put("deadLetters", result.rest().deadLetters());
        fields.put("journalLength", result.rest().journalLength());
        fields.put("restMillis", result.rest().millis());
        fields.put("redisBytesBefore", result.rest().memoryBefore());
        fields.put("redisBytesAtRest", result.rest().memory());
        return fields;
    }

    static String table(CrashResult result) {
        StringBuilder text = new StringBuilder();
        figures(result)
                .forEach((name, value) ->
                        text.append(String.format(Locale.ROOT, "%-22s %,15d%n", name, ((Number) value).longValue())));
        result.findings()
                .examples()
                .forEach(line -> text.append("  ").append(line).append('\n'));
        text.append(String.format(
                Locale.ROOT,
                "%ncontrol, two rows overwritten by older writes: %d lost, %d resurrected, %d inversions%n",
                result.control().lost(),
                result.control().resurrected(),
                result.control().inversions()));
        text.append(String.format(
                Locale.ROOT,
                "%s: %,d acknowledged writes, %.0f s, seed %d%n",
                result.passed() ? "passed" : "NOT PASSED",
                result.findings().acknowledged(),
                result.seconds(),
                result.plan().seed()));
        result.violations().forEach(line -> text.append("  ").append(line).append('\n'));
        result.whyNoProof().forEach(line -> text.append("  ").append(line).append('\n'));
        return text.toString();
    }
}
