package io.crema.benchmarks;

import java.util.Arrays;
import java.util.Collection;

/** The middle of some numbers; the mean of the two in the middle if they are even in number. */
final class Median {

    private Median() {}

    static double of(double... numbers) {
        if (numbers.length == 0) {
            throw new IllegalArgumentException("Nothing has no middle");
        }
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static double of(Collection<Double> numbers) {
        return of(numbers.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
