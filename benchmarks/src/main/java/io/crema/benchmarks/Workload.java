package io.crema.benchmarks;

import java.util.Arrays;
import java.util.Random;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Keys, and the order in which they are asked for. All of it is made before anything is measured. */
public final class Workload {

    /** As many as an order has; a power of two, so that a mask wraps it. */
    private static final int LENGTH = 1 << 16;

    private static final double SKEW = 0.99;

    private Workload() {}

    /** Keys by popularity. Each call makes new strings, so keys asked for are equal to the stored ones, never the same. */
    static String[] keys(int count) {
        String[] keys = new String[count];
        Arrays.setAll(keys, i -> "product:" + (100_000 + i));
        return keys;
    }

    /** An order of keys in which the key of rank n comes as often as n to the power of -0.99 says. */
    static String[] zipf(int count) {
        String[] keys = keys(count);
        double[] upTo = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.pow(i + 1, -SKEW);
            upTo[i] = sum;
        }
        Random random = new Random(42);
        String[] order = new String[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            int found = Arrays.binarySearch(upTo, random.nextDouble() * sum);
            order[i] = keys[Math.min(found < 0 ? -found - 1 : found, count - 1)];
            // Strings keep their hash: what is measured does not compute it.
            int unused = order[i].hashCode();
        }
        return order;
    }

    static byte[] value(int bytes) {
        byte[] value = new byte[bytes];
        new Random(7).nextBytes(value);
        return value;
    }

    /** Where a thread is in an order. */
    @State(Scope.Thread)
    public static class Cursor {

        private int next = new Random().nextInt(LENGTH);

        String next(String[] order) {
            return order[next++ & (LENGTH - 1)];
        }
    }

    /** Where a thread is in a small round of keys. */
    @State(Scope.Thread)
    public static class Step {

        /** A power of two, so that a mask wraps it. */
        static final int KEYS = 1 << 10;

        private int next = new Random().nextInt(KEYS);

        int next() {
            return next++ & (KEYS - 1);
        }
    }
}
