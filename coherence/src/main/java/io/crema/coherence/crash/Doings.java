package io.crema.coherence.crash;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What an instance has done so far.
 *
 * @param acknowledged writes that were confirmed
 * @param failed writes that were not
 * @param reads that returned
 * @param calls of the writer
 * @param failures how many of them failed
 */
record Doings(long acknowledged, long failed, long reads, long calls, long failures) {

    static final Doings NONE = new Doings(0, 0, 0, 0, 0);

    Doings plus(Doings other) {
        return new Doings(
                acknowledged + other.acknowledged,
                failed + other.failed,
                reads + other.reads,
                calls + other.calls,
                failures + other.failures);
    }

    String encode() {
        return LongStream.of(acknowledged, failed, reads, calls, failures)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }

    /** @throws RuntimeException if the text is not what {@link #encode} gives, nor empty */
    static Doings decode(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        long[] numbers =
                Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
        return new Doings(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }
}
