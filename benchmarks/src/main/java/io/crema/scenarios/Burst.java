package io.crema.scenarios;

import java.util.Map;

/**
 * Threads that read one key at once.
 *
 * @param beginsAt when, by {@link System#nanoTime()}
 */
record Burst(String cache, String key, int readers, long beginsAt) {

    /**
     * What came of it.
     *
     * @param given how many got a value
     * @param wrong how many of those got one of another key
     * @param madeAt when the values were made that were given, and how many were given each
     * @param failures how many failed, by the type of the failure
     * @param lastBeganMillis when the last reader began, after the moment when all should
     * @param longestMillis the longest time that a reader took
     */
    record Outcome(
            int given,
            int wrong,
            Map<Long, Integer> madeAt,
            Map<String, Integer> failures,
            double lastBeganMillis,
            double longestMillis) {

        int failed() {
            return failures.values().stream().mapToInt(Integer::intValue).sum();
        }

        int readers() {
            return given + failed();
        }

        Outcome plus(Outcome other) {
            return new Outcome(
                    given + other.given,
                    wrong + other.wrong,
                    History.sum(madeAt, other.madeAt, Integer::sum),
                    History.sum(failures, other.failures, Integer::sum),
                    Math.max(lastBeganMillis, other.lastBeganMillis),
                    Math.max(longestMillis, other.longestMillis));
        }
    }
}
