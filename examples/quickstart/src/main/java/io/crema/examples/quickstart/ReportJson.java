package io.crema.examples.quickstart;

import io.crema.testkit.ReadTier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A report as JSON for programs. A time of which nothing was measured is null. */
final class ReportJson {

    private static final double MICRO = 1e3;

    private ReportJson() {}

    static String of(Report report) {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("instances", report.instances());
        root.put("instanceFailures", report.instanceFailures());
        root.put("boundMillis", report.total().staleness().bound().toMillis());
        root.putAll(result(report.total()));
        root.put("faults", report.faults());
        root.put("phases", report.phases().stream().map(ReportJson::phase).toList());
        return Json.write(root) + "\n";
    }

    private static Map<String, @Nullable Object> phase(PhaseResult result) {
        Map<String, @Nullable Object> phase = new LinkedHashMap<>();
        phase.put("name", result.name());
        phase.putAll(result(result));
        return phase;
    }

    private static Map<String, @Nullable Object> result(PhaseResult result) {
        Figures figures = result.figures();
        Map<String, @Nullable Object> reads = new LinkedHashMap<>();
        Map<String, @Nullable Object> latency = new LinkedHashMap<>();
        reads.put("total", figures.reads());
        for (ReadTier tier : ReadTier.values()) {
            String name = tier.name().toLowerCase(Locale.ROOT);
            reads.put(name, figures.reads(tier));
            latency.put(name, percentiles(figures.latency(tier)));
        }
        Map<String, @Nullable Object> propagation = percentiles(figures.propagation());
        propagation.put(
                "max",
                figures.propagation().getTotalCount() == 0
                        ? null
                        : figures.propagation().getMaxValue() / MICRO);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("reads", reads);
        fields.put("latencyMicros", latency);
        fields.put("originQueriesSaved", figures.originQueriesSaved());
        fields.put("updates", figures.updates());
        fields.put("propagationMicros", propagation);
        fields.put("failed", figures.failed());
        fields.put("readsChecked", result.staleness().reads());
        fields.put("staleWithinBound", result.staleness().staleWithinBound());
        fields.put("staleBeyondBound", result.staleness().violations());
        fields.put("readsFromTheFuture", result.staleness().future());
        return fields;
    }

    private static Map<String, @Nullable Object> percentiles(Histogram nanos) {
        boolean none = nanos.getTotalCount() == 0;
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int percentile : List.of(50, 99)) {
            values.put("p" + percentile, none ? null : nanos.getValueAtPercentile(percentile) / MICRO);
        }
        return values;
    }
}
