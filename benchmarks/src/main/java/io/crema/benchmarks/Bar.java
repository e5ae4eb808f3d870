package io.crema.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a competitor of a suite has to reach: one of some limits. Medians of rounds count.
 *
 * @param threads with how many it has to; empty = however many
 */
record Bar(String competitor, Set<Integer> threads, List<Limit> anyOf) {

    /** One number and how far it may go. */
    sealed interface Limit {

        String text();

        /** What was measured; empty if it was not. */
        Optional<Double> measured(List<Report.Row> rows, List<Report.Ratio> ratios);

        boolean holds(double measured);
    }

    static Bar of(String competitor, Limit... anyOf) {
        return new Bar(competitor, Set.of(), List.of(anyOf));
    }

    /** The same for one number of threads. */
    Bar onlyWith(int number) {
        return new Bar(competitor, Set.of(number), anyOf);
    }

    boolean judges(String measured, int threadCount) {
        return competitor.equals(measured) && (threads.isEmpty() || threads.contains(threadCount));
    }

    /** A figure of the competitor by that of another. */
    record RatioAtMost(Figure figure, String by, double limit) implements Limit {

        @Override
        public String text() {
            return String.format(Locale.ROOT, "%s <= %.2f x %s", figure.label, limit, by);
        }

        @Override
        public Optional<Double> measured(List<Report.Row> rows, List<Report.Ratio> ratios) {
            return ratio(figure, by, ratios);
        }

        @Override
        public boolean holds(double measured) {
            return measured <= limit;
        }
    }

    /** A figure of the competitor by that of another, of which more is better. */
    record RatioAtLeast(Figure figure, String by, double limit) implements Limit {

        @Override
        public String text() {
            return String.format(Locale.ROOT, "%s >= %.2f x %s", figure.label, limit, by);
        }

        @Override
        public Optional<Double> measured(List<Report.Row> rows, List<Report.Ratio> ratios) {
            return ratio(figure, by, ratios);
        }

        @Override
        public boolean holds(double measured) {
            return measured >= limit;
        }
    }

    record AtMost(Figure figure, double limit) implements Limit {

        @Override
        public String text() {
            return String.format(Locale.ROOT, "%s <= %.2f %s", figure.label, limit, figure.unit);
        }

        @Override
        public Optional<Double> measured(List<Report.Row> rows, List<Report.Ratio> ratios) {
            return score(figure, rows);
        }

        @Override
        public boolean holds(double measured) {
            return measured <= limit;
        }
    }

    record AtLeast(Figure figure, double limit) implements Limit {

        @Override
        public String text() {
            return String.format(Locale.ROOT, "%s >= %.2f %s", figure.label, limit, figure.unit);
        }

        @Override
        public Optional<Double> measured(List<Report.Row> rows, List<Report.Ratio> ratios) {
            return score(figure, rows);
        }

        @Override
        public boolean holds(double measured) {
            return measured >= limit;
        }
    }

    /** What an operation allocates. */
    record BytesBelow(double limit) implements Limit {

        @Override
        public String text() {
            return String.format(Locale.ROOT, "allocates < %.2f B/op", limit);
        }

        @Override
        public Optional<Double> measured(List<Report.Row> rows, List<Report.Ratio> ratios) {
            return rows.stream()
                    .map(Report.Row::bytesPerOp)
                    .filter(Objects::nonNull)
                    .findFirst();
        }

        @Override
        public boolean holds(double measured) {
            return measured < limit;
        }
    }

    private static Optional<Double> ratio(Figure figure, String by, List<Report.Ratio> ratios) {
        return ratios.stream()
                .filter(ratio ->
                        ratio.figure().equals(figure.label) && ratio.by().equals(by))
                .map(Report.Ratio::ratio)
                .findFirst();
    }

    private static Optional<Double> score(Figure figure, List<Report.Row> rows) {
        return rows.stream()
                .filter(row -> row.figure().equals(figure.label))
                .map(Report.Row::score)
                .findFirst();
    }

    /** What came of it with some number of threads. */
    Report.Verdict judge(String suite, int threadCount, List<Report.Row> all, List<Report.Ratio> allRatios) {
        List<Report.Row> rows = all.stream()
                .filter(row -> row.suite().equals(suite)
                        && row.threads() == threadCount
                        && row.competitor().equals(competitor))
                .toList();
        List<Report.Ratio> ratios = allRatios.stream()
                .filter(ratio -> ratio.suite().equals(suite)
                        && ratio.threads() == threadCount
                        && ratio.competitor().equals(competitor))
                .toList();
        String result = "NOT MEASURED";
        List<Double> measured = new ArrayList<>();
        for (Limit limit : anyOf) {
            Optional<Double> found = limit.measured(rows, ratios);
            if (found.isPresent()) {
                measured.add(found.get());
                result = result.equals("PASS") || limit.holds(found.get()) ? "PASS" : "FAIL";
            }
        }
        String bar = anyOf.stream().map(Limit::text).collect(Collectors.joining(" or "));
        return new Report.Verdict(suite, threadCount, competitor, bar, measured, result);
    }
}
