package io.crema.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** All forks of one competitor of a suite with one number of threads, in the order of the rounds. */
record Measured(Suite suite, String competitor, int threads, List<Fork> forks) {

    List<Double> nanos() {
        return forks.stream().map(Fork::nanos).toList();
    }

    Report.Row row() {
        double lowest = nanos().stream().min(Double::compare).orElseThrow();
        double highest = nanos().stream().max(Double::compare).orElseThrow();
        return new Report.Row(
                suite.label(),
                competitor,
                threads,
                suite.valueBytes,
                rounded(Median.of(nanos())),
                "ns/op",
                rounded((highest - lowest) / 2),
                rounded(Median.of(forks.stream().map(Fork::bytes).toList())),
                nanos().stream().map(Measured::rounded).toList());
    }

    /** Ours by theirs, round by round: what they shared of the machine's mood cancels out. */
    static Report.Ratio ratio(Measured ours, Measured theirs) {
        List<Double> byRound = new ArrayList<>();
        for (int round = 0; round < Math.min(ours.forks.size(), theirs.forks.size()); round++) {
            byRound.add(ours.nanos().get(round) / theirs.nanos().get(round));
        }
        return new Report.Ratio(
                ours.suite.label(),
                ours.threads,
                ours.competitor,
                theirs.competitor,
                rounded(Median.of(byRound)),
                rounded(byRound.stream().min(Double::compare).orElseThrow()),
                rounded(byRound.stream().max(Double::compare).orElseThrow()));
    }

    private static double rounded(double number) {
        return Math.round(number * 1000) / 1000.0;
    }
}
