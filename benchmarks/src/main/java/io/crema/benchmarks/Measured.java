package io.crema.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All forks of one competitor of a suite with one number of threads, in the order of the rounds. */
record Measured(Suite suite, String competitor, int threads, List<Fork> forks) {

    /** What every fork has measured. */
    SortedSet<Figure> figures() {
        SortedSet<Figure> common = new TreeSet<>(forks.get(0).figures().keySet());
        forks.forEach(fork -> common.retainAll(fork.figures().keySet()));
        return common;
    }

    private List<Double> scores(Figure figure) {
        return forks.stream().map(fork -> fork.figure(figure)).toList();
    }

    List<Report.Row> rows() {
        return figures().stream().map(this::row).toList();
    }

    private Report.Row row(Figure figure) {
        List<Double> scores = scores(figure);
        double lowest = scores.stream().min(Double::compare).orElseThrow();
        double highest = scores.stream().max(Double::compare).orElseThrow();
        return new Report.Row(
                suite.label(),
                competitor,
                threads,
                suite.valueBytes,
                figure.label,
                rounded(Median.of(scores)),
                figure.unit,
                rounded((highest - lowest) / 2),
                bytes(),
                scores.stream().map(Measured::rounded).toList());
    }

    private @Nullable Double bytes() {
        List<Double> bytes =
                forks.stream().map(Fork::bytes).filter(Objects::nonNull).toList();
        return bytes.isEmpty() ? null : rounded(Median.of(bytes));
    }

    /** Ours by theirs, round by round: what they shared of the machine's mood cancels out. */
    static List<Report.Ratio> ratios(Measured ours, Measured theirs) {
        List<Report.Ratio> ratios = new ArrayList<>();
        for (Figure figure : ours.figures()) {
            if (theirs.figures().contains(figure)
                    && theirs.scores(figure).stream().allMatch(score -> score > 0)) {
                ratios.add(ratio(ours, theirs, figure));
            }
        }
        return ratios;
    }

    private static Report.Ratio ratio(Measured ours, Measured theirs, Figure figure) {
        List<Double> byRound = new ArrayList<>();
        for (int round = 0; round < Math.min(ours.forks.size(), theirs.forks.size()); round++) {
            byRound.add(ours.scores(figure).get(round) / theirs.scores(figure).get(round));
        }
        return new Report.Ratio(
                ours.suite.label(),
                ours.threads,
                ours.competitor,
                theirs.competitor,
                figure.label,
                rounded(Median.of(byRound)),
                rounded(byRound.stream().min(Double::compare).orElseThrow()),
                rounded(byRound.stream().max(Double::compare).orElseThrow()));
    }

    private static double rounded(double number) {
        return Math.round(number * 1000) / 1000.0;
    }
}
