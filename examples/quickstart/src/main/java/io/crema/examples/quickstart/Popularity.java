package io.crema.examples.quickstart;

import java.util.Arrays;
import java.util.Random;

/**
 * How often each row is asked for: the row of rank r in proportion to 1 / r (Zipf's law with exponent 1). The data set
 * does not say how large a city is, so ranks are a shuffle, the same one in all instances. Immutable.
 */
final class Popularity {

    private static final long SHUFFLE = 0xC17135;

    /** The part of all rows that takes half of the updates. */
    private static final double HOT = 0.01;

    private final long[] idOfRank;
    private final double[] cumulative;
    private final int hot;

    /** Ids are 1 to {@code rows}. */
    Popularity(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("There must be rows, but there are " + rows);
        }
        idOfRank = new long[rows];
        cumulative = new double[rows];
        Random random = new Random(SHUFFLE);
        double sum = 0;
        for (int rank = 0; rank < rows; rank++) {
            int other = random.nextInt(rank + 1);
            idOfRank[rank] = idOfRank[other];
            idOfRank[other] = rank + 1L;
            sum += 1.0 / (rank + 1);
            cumulative[rank] = sum;
        }
        hot = Math.max(1, (int) (rows * HOT));
    }

    /** A row to read. */
    long read(Random random) {
        double point = random.nextDouble() * cumulative[cumulative.length - 1];
        int found = Arrays.binarySearch(cumulative, point);
        return idOfRank[found >= 0 ? found : -found - 1];
    }

    /** A row to update: every other time one of the hottest hundredth, else any row. */
    long update(Random random) {
        return idOfRank[random.nextInt(random.nextBoolean() ? hot : idOfRank.length)];
    }

    /** The rank of a row, from 0, the hottest first. */
    int rankOf(long id) {
        for (int rank = 0; rank < idOfRank.length; rank++) {
            if (idOfRank[rank] == id) {
                return rank;
            }
        }
        throw new IllegalArgumentException("There is no row " + id);
    }
}
