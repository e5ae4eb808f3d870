package io.crema.testkit;

import java.util.Arrays;

/** Pairs of numbers, one after the other in an array: sorted, and searched once they are apart. */
final class Pairs {

    private Pairs() {}

    /** An array with room for one more pair than there are. */
    static long[] grown(long[] pairs, int count) {
        return 2 * count < pairs.length ? pairs : Arrays.copyOf(pairs, Math.max(2, 2 * pairs.length));
    }

    /**
     * The pairs in the order of their first numbers, in the same array or another one. A natural merge sort: what comes
     * here are a few runs in order, about one a history.
     */
    static long[] sorted(long[] pairs, int count) {
        long[] from = pairs;
        long[] to = null;
        while (runEnd(from, 0, count) < count) {
            if (to == null) {
                to = new long[pairs.length];
            }
            for (int at = 0; at < count; ) {
                int middle = runEnd(from, at, count);
                int end = runEnd(from, middle, count);
                merge(from, at, middle, end, to);
                at = end;
            }
            long[] merged = to;
            to = from;
            from = merged;
        }
        return from;
    }

    private static int runEnd(long[] pairs, int start, int count) {
        int end = start;
        do {
            end++;
        } while (end < count && pairs[2 * end - 2] <= pairs[2 * end]);
        return Math.min(end, count);
    }

    private static void merge(long[] from, int start, int middle, int end, long[] to) {
        int left = start;
        int right = middle;
        for (int at = start; at < end; at++) {
            boolean takeLeft = right >= end || left < middle && from[2 * left] <= from[2 * right];
            int taken = takeLeft ? left++ : right++;
            to[2 * at] = from[2 * taken];
            to[2 * at + 1] = from[2 * taken + 1];
        }
    }

    /** The first numbers of pairs (column 0) or the second ones (column 1). */
    static long[] column(long[] pairs, int count, int column) {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = pairs[2 * i + column];
        }
        return numbers;
    }

    /**
     * How many of some numbers in ascending order are less than one.
     *
     * @param guess what the answer was the last time, as neighbouring questions are mostly asked one after the other
     */
    static int below(long[] numbers, long number, int guess) {
        int first = 0;
        int end = numbers.length;
        if (guess == end || numbers[guess] >= number) {
            if (guess == 0 || numbers[guess - 1] < number) {
                return guess;
            }
            end = guess;
        } else {
            first = guess + 1;
            if (first == end || numbers[first] >= number) {
                return first;
            }
        }
        while (first < end) {
            int middle = (first + end) >>> 1;
            if (numbers[middle] < number) {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        return first;
    }
}
