package io.crema.coherence.crash;

import io.crema.coherence.crash.WriteLog.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What one process wrote down with a {@link WriteLog}, to its end or to where it was killed. For one thread. */
final class InstanceLog {

    private static final byte BEGUN = 1;
    private static final byte DELETES = 2;
    private static final byte ACKNOWLEDGED = 4;
    private static final byte NOT_SENT = 8;

    private final int process;

    /** By sequence. */
    private int[] keys = new int[1024];

    private byte[] states = new byte[1024];
    private long[] ids = new long[1024];
    private int writes;

    private final Map<Integer, Long> lastCalled = new HashMap<>();
    private final List<String> inversions = new ArrayList<>();
    private final List<long[]> refused = new ArrayList<>();
    private final List<ReadBack> reads = new ArrayList<>();
    private final Map<Integer, Long> last = new HashMap<>();
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private long calls;
    private long failures;
    private long written;

    /**
     * A write that was begun.
     *
     * @param value 0 = it is a delete
     * @param id 0 = not known
     */
    record Write(int key, long value, long id, boolean isAcknowledged) {

        boolean isDelete() {
            return value == 0;
        }
    }

    /**
     * A read after an acknowledged write of the same process, with nothing of that process between them.
     *
     * @param written the id of that write
     * @param value 0 = there was none
     */
    record ReadBack(int key, long written, long value, boolean isLoaded) {}

    private InstanceLog(int process) {
        this.process = process;
    }

    static InstanceLog read(int process, Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.US_ASCII)) {
            return parse(process, lines);
        }
    }

    /** @throws IllegalArgumentException if a line other than the last is none */
    static InstanceLog parse(int process, Stream<String> lines) {
        InstanceLog log = new InstanceLog(process);
        // Only the last one may have been cut, by the end of the process.
        String[] held = {""};
        lines.forEach(line -> {
            log.add(held[0]);
            held[0] = line;
        });
        try {
            log.add(held[0]);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return log;
        }
        return log;
    }

    private void add(String line) {
        if (line.isEmpty()) {
            return;
        }
        String[] words = line.split(" ");
        switch (words[0]) {
            case "begin" -> begin(number(words, 1), (int) number(words, 2), words[3].equals("delete"));
            case "id" -> ids[sequence(words)] = number(words, 2);
            case "ack" -> states[sequence(words)] |= ACKNOWLEDGED;
            case "unsent" -> states[sequence(words)] |= NOT_SENT;
            case "doubt" -> sequence(words);
            case "batch" -> calls++;
            case "failure" -> failures++;
            case "call" -> call((int) number(words, 1), number(words, 2));
            case "applied" -> outcomes.merge(Outcome.APPLIED, 1L, Long::sum);
            case "failed" -> outcomes.merge(Outcome.FAILED, 1L, Long::sum);
            case "refused" -> {
                outcomes.merge(Outcome.REFUSED, 1L, Long::sum);
                refused.add(new long[] {number(words, 1), number(words, 2)});
            }
            case "read", "load" ->
                reads.add(new ReadBack(
                        (int) number(words, 1), number(words, 2), number(words, 3), words[0].equals("load")));
            case "last" -> last.put((int) number(words, 1), number(words, 2));
            default -> throw new IllegalArgumentException("Not an entry of a log: " + line);
        }
    }

    private static long number(String[] words, int place) {
        return Long.parseLong(words[place]);
    }

    private int sequence(String[] words) {
        int sequence = (int) number(words, 1);
        if (sequence >= states.length || (states[sequence] & BEGUN) == 0) {
            throw new IllegalArgumentException("A write that did not begin: " + String.join(" ", words));
        }
        return sequence;
    }

    private void begin(long number, int key, boolean isDelete) {
        int sequence = Math.toIntExact(number);
        if (sequence >= states.length) {
            int length = Math.max(sequence + 1, 2 * states.length);
            keys = Arrays.copyOf(keys, length);
            states = Arrays.copyOf(states, length);
            ids = Arrays.copyOf(ids, length);
        }
        keys[sequence] = key;
        states[sequence] = (byte) (BEGUN | (isDelete ? DELETES : 0));
        writes++;
    }

    private void call(int key, long id) {
        written++;
        Long before = lastCalled.put(key, id);
        if (before != null && before > id) {
            inversions.add("process " + process + " wrote key " + key + " with id " + id + " after " + before);
        }
    }

    int process() {
        return process;
    }

    /** How many were begun. */
    int writes() {
        return writes;
    }

    /** All that were begun and may have been made, in the order of their numbers. */
    Stream<Write> all() {
        return IntStream.range(0, states.length)
                .filter(sequence -> (states[sequence] & BEGUN) != 0 && (states[sequence] & NOT_SENT) == 0)
                .mapToObj(this::write);
    }

    private Write write(int sequence) {
        boolean isDelete = (states[sequence] & DELETES) != 0;
        return new Write(
                keys[sequence],
                isDelete ? 0 : Settled.value(process, sequence),
                ids[sequence],
                (states[sequence] & ACKNOWLEDGED) != 0);
    }

    /** The id of a write; 0 = not known, or there was none. */
    long id(long sequence) {
        return sequence < ids.length ? ids[(int) sequence] : 0;
    }

    /** Where the writer was called for a key with a lower id than before. */
    List<String> inversions() {
        return inversions;
    }

    /** Key and id of what the database refused. */
    List<long[]> refused() {
        return refused;
    }

    List<ReadBack> reads() {
        return reads;
    }

    /** What the cache had of each key at the end; 0 = none. */
    Map<Integer, Long> last() {
        return last;
    }

    /** How often the writer was called. */
    long calls() {
        return calls;
    }

    /** How many of the calls failed, as a whole or in part, on purpose or not. */
    long failures() {
        return failures;
    }

    /** How many keys the writer was called for; a batch counts as many. */
    long written() {
        return written;
    }

    long count(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }
}
