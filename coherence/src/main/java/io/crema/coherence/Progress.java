package io.crema.coherence;

import io.crema.coherence.Subject.Counts;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What an instance has done so far.
 *
 * @param reads those that returned a version, sweeps too
 * @param latestReads how many of them asked for what is newest
 * @param readFailures reads that threw
 * @param writes operations that have ended, for each kind
 * @param writeFailures how many of them failed and were not put off
 * @param counts what the cache counted
 * @param pending invalidations that the cache owes or that the writer does not know to be executed, and the operation
 *     that it is busy with
 */
record Progress(
        long reads,
        long latestReads,
        long readFailures,
        Map<Operation, Long> writes,
        long writeFailures,
        Counts counts,
        long pending) {

    static final Progress NONE = new Progress(0, 0, 0, Map.of(), 0, Counts.NONE, 0);

    private static final int OTHERS = 10;

    Progress {
        writes = Map.copyOf(writes);
    }

    /** What an instance has said last. */
    static Progress of(InstanceProcess instance) {
        String said = instance.progress();
        return said.isEmpty() ? NONE : decode(said);
    }

    long writes(Operation operation) {
        return writes.getOrDefault(operation, 0L);
    }

    /** Operations of all kinds. */
    long allWrites() {
        return writes.values().stream().mapToLong(Long::longValue).sum();
    }

    String encode() {
        StringJoiner text = new StringJoiner(" ");
        add(text, reads, latestReads, readFailures, writeFailures, pending);
        add(text, counts.gaps(), counts.resyncsKept(), counts.suspects());
        add(text, counts.fillsRefused(), counts.installsRefused());
        for (Operation operation : Operation.values()) {
            add(text, writes(operation));
        }
        return text.toString();
    }

    private static void add(StringJoiner text, long... numbers) {
        for (long number : numbers) {
            text.add(String.valueOf(number));
        }
    }

    /** @throws IllegalArgumentException if the text is not what {@link #encode} gives */
    static Progress decode(String text) {
        long[] numbers =
                Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
        Operation[] operations = Operation.values();
        if (numbers.length != OTHERS + operations.length) {
            throw new IllegalArgumentException("Not a progress: " + text);
        }
        Map<Operation, Long> writes = new EnumMap<>(Operation.class);
        for (int i = 0; i < operations.length; i++) {
            writes.put(operations[i], numbers[OTHERS + i]);
        }
        Counts counts = new Counts(numbers[5], numbers[6], numbers[7], numbers[8], numbers[9]);
        return new Progress(numbers[0], numbers[1], numbers[2], writes, numbers[3], counts, numbers[4]);
    }
}
