package io.crema.coherence;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws keys, number n (from 0) in proportion to 1 / (n + 1)^exponent. Immutable. */
final class Zipf {

    /** The share of each key and those before it. */
    private final double[] upTo;

    Zipf(int keys, double exponent) {
        upTo = new double[keys];
        double sum = 0;
        for (int key = 0; key < keys; key++) {
            sum += Math.pow(key + 1, -exponent);
            upTo[key] = sum;
        }
        for (int key = 0; key < keys; key++) {
            upTo[key] /= sum;
        }
    }

    int draw(SplittableRandom random) {
        int found = Arrays.binarySearch(upTo, random.nextDouble());
        // The share at which a key ends belongs to the next one; the last one ends at 1, which is never drawn.
        return found >= 0 ? found + 1 : -found - 1;
    }
}
