package io.crema.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All that a run found out. */
record Report(
        String profile,
        String date,
        String commit,
        Environment environment,
        int forksEach,
        List<Row> rows,
        List<Ratio> ratios) {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /**
     * One competitor.
     *
     * @param valueBytes 0 where the size of a value does not matter
     * @param score the median of the forks, per operation of a thread
     * @param error half of the distance between the fastest and the slowest fork
     * @param bytesPerOp allocated, the median of the forks
     * @param forks the score of each
     */
    record Row(
            String suite,
            String competitor,
            int threads,
            int valueBytes,
            double score,
            String unit,
            double error,
            double bytesPerOp,
            List<Double> forks) {}

    /**
     * One competitor by another: the median, lowest and highest of the rounds, in each of which both ran one after the
     * other.
     */
    record Ratio(
            String suite, int threads, String competitor, String by, double ratio, double lowest, double highest) {}

    static Report of(Profile profile, String date, String commit, Environment environment, List<Measured> measured) {
        List<Ratio> ratios = new ArrayList<>();
        for (Measured ours : measured) {
            for (Measured theirs : measured) {
                if (ours.competitor().equals(Suite.OURS)
                        && !theirs.competitor().equals(Suite.OURS)
                        && ours.suite() == theirs.suite()
                        && ours.threads() == theirs.threads()) {
                    ratios.add(Measured.ratio(ours, theirs));
                }
            }
        }
        return new Report(
                profile.name().toLowerCase(Locale.ROOT),
                date,
                commit,
                environment,
                measured.stream().mapToInt(one -> one.forks().size()).max().orElse(0),
                measured.stream().map(Measured::row).toList(),
                ratios);
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
                "%n%-12s %-26s %7s %12s %10s %8s%n",
                "suite",
                "competitor",
                "threads",
                "ns/op",
                "+-",
                "B/op"));
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-12s %-26s %7d %12.1f %10.1f %8.1f%n",
                    row.suite,
                    row.competitor,
                    row.threads,
                    row.score,
                    row.error,
                    row.bytesPerOp));
        }
        text.append(String.format(
                Locale.ROOT, "%n%-12s %-38s %7s %8s %15s%n", "suite", "ratio", "threads", "median", "of rounds"));
        for (Ratio ratio : ratios) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-12s %-38s %7d %8.2f %8.2f - %4.2f%n",
                    ratio.suite,
                    ratio.competitor + " / " + ratio.by,
                    ratio.threads,
                    ratio.ratio,
                    ratio.lowest,
                    ratio.highest));
        }
        return text.toString();
    }
}
