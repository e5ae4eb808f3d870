package io.crema.examples.guide;

import java.util.Arrays;
import java.util.Random;

/** Which products are asked for. Immutable. */
@FunctionalInterface
interface Demand {

    long next(Random random);

    /** The same one always. */
    static Demand only(long id) {
        return random -> id;
    }

    /** Ids from {@code first} on, all alike. */
    static Demand evenly(long first, int count) {
        return random -> first + random.nextInt(count);
    }

    /** Ids from 1 on, the one of rank r in proportion to 1 / r. */
    static Demand popular(int count) {
        double[] upTo = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += 1.0 / (i + 1);
            upTo[i] = sum;
        }
        double all = sum;
        return random -> {
            int found = Arrays.binarySearch(upTo, random.nextDouble() * all);
            return 1L + Math.min(count - 1, found >= 0 ? found : -found - 1);
        };
    }

    /** Half of the reads as this, half as that. */
    default Demand and(Demand other) {
        return random -> random.nextBoolean() ? next(random) : other.next(random);
    }
}
