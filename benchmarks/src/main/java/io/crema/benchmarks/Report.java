package io.crema.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All that a run found out. */
record Report(
        String profile,
        String date,
        String commit,
        Environment environment,
        int forksEach,
        List<Row> rows,
        List<Ratio> ratios,
        List<Verdict> verdicts) {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /**
     * One figure of one competitor.
     *
     * @param valueBytes 0 where the size of a value does not matter
     * @param score the median of the forks; a time is per operation of a thread
     * @param error half of the distance between the lowest and the highest fork
     * @param bytesPerOp allocated, the median of the forks; null where it was not measured
     * @param forks the score of each
     */
    record Row(
            String suite,
            String competitor,
            int threads,
            int valueBytes,
            String figure,
            double score,
            String unit,
            double error,
            @Nullable Double bytesPerOp,
            List<Double> forks) {}

    /**
     * One competitor by another: the median, lowest and highest of the rounds, in each of which both ran one after the
     * other.
     */
    record Ratio(
            String suite,
            int threads,
            String competitor,
            String by,
            String figure,
            double ratio,
            double lowest,
            double highest) {}

    /**
     * What a bar asks for and what was found. It judges medians of this run on this machine, no more.
     *
     * @param bar one limit, or several of which one has to hold
     * @param measured for each limit whose figure there is
     * @param result PASS, FAIL or NOT MEASURED
     */
    record Verdict(String suite, int threads, String competitor, String bar, List<Double> measured, String result) {}

    static Report of(Profile profile, String date, String commit, Environment environment, List<Measured> measured) {
        List<Row> rows = measured.stream().flatMap(one -> one.rows().stream()).toList();
        List<Ratio> ratios = new ArrayList<>();
        for (Measured ours : measured) {
            for (Measured theirs : measured) {
                if (ours.suite() == theirs.suite()
                        && ours.threads() == theirs.threads()
                        && ours.suite().pairing.pairs(ours.competitor(), theirs.competitor())) {
                    ratios.addAll(Measured.ratios(ours, theirs));
                }
            }
        }
        return new Report(
                profile.name().toLowerCase(Locale.ROOT),
                date,
                commit,
                environment,
                measured.stream().mapToInt(one -> one.forks().size()).max().orElse(0),
                rows,
                ratios,
                verdicts(measured, rows, ratios));
    }

    private static List<Verdict> verdicts(List<Measured> measured, List<Row> rows, List<Ratio> ratios) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Measured one : measured) {
            for (Bar bar : one.suite().bars) {
                if (bar.judges(one.competitor(), one.threads())) {
                    verdicts.add(bar.judge(one.suite().label(), one.threads(), rows, ratios));
                }
            }
        }
        return verdicts;
    }

    String json() {
        return GSON.toJson(this) + "\n";
    }

    static Report parse(String json) {
        return GSON.fromJson(json, Report.class);
    }

    /** For people. */
    String table() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%n%-12s %-26s %7s %-7s %12s %-6s %10s %8s%n",
                "suite",
                "competitor",
                "threads",
                "figure",
                "median",
                "unit",
                "+-",
                "B/op"));
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-12s %-26s %7d %-7s %12.1f %-6s %10.1f %8s%n",
                    row.suite,
                    row.competitor,
                    row.threads,
                    row.figure,
                    row.score,
                    row.unit,
                    row.error,
                    row.bytesPerOp == null ? "" : String.format(Locale.ROOT, "%.1f", row.bytesPerOp)));
        }
        text.append(String.format(
                Locale.ROOT,
                "%n%-12s %-38s %7s %-7s %8s %15s%n",
                "suite",
                "ratio",
                "threads",
                "figure",
                "median",
                "of rounds"));
        for (Ratio ratio : ratios) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-12s %-38s %7d %-7s %8.2f %8.2f - %4.2f%n",
                    ratio.suite,
                    ratio.competitor + " / " + ratio.by,
                    ratio.threads,
                    ratio.figure,
                    ratio.ratio,
                    ratio.lowest,
                    ratio.highest));
        }
        if (!verdicts.isEmpty()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n%-12s %-26s %7s %-12s %-54s %s%n",
                    "suite",
                    "competitor",
                    "threads",
                    "",
                    "bar",
                    "measured"));
        }
        for (Verdict verdict : verdicts) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-12s %-26s %7d %-12s %-54s %s%n",
                    verdict.suite,
                    verdict.competitor,
                    verdict.threads,
                    verdict.result,
                    verdict.bar,
                    verdict.measured.stream()
                            .map(value -> String.format(Locale.ROOT, "%.2f", value))
                            .collect(Collectors.joining(", "))));
        }
        return text.toString();
    }
}
