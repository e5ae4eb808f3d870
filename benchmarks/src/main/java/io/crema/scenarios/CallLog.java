package io.crema.scenarios;

import io.crema.policy.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the origin was asked for, as it saw it. */
record CallLog(List<Call> calls) {

    /** The end of a call that has none yet. */
    static final long NEVER = Long.MAX_VALUE;

    /** Redis keeps its times in milliseconds: one may be cut off at the begin of a step. */
    private static final long EARLY_NANOS = 2_000_000;

    /**
     * One call.
     *
     * @param begun when the origin had the request, by {@link System#nanoTime()}
     * @param ended when it answered or hung up; {@link #NEVER} if it has not
     * @param answered whether it answered
     */
    record Call(String key, long begun, long ended, boolean answered) {}

    /** The calls that begin at a moment or after it, and before another. */
    CallLog between(long from, long to) {
        return new CallLog(calls.stream()
                .filter(call -> call.begun >= from && call.begun < to)
                .toList());
    }

    CallLog ofKeys(String prefix) {
        return new CallLog(
                calls.stream().filter(call -> call.key.startsWith(prefix + "-")).toList());
    }

    int count() {
        return calls.size();
    }

    /** Calls that have no answer yet. */
    long unended() {
        return calls.stream().filter(call -> call.ended == NEVER).count();
    }

    /** In the order of their begin. */
    Map<String, List<Call>> byKey() {
        Map<String, List<Call>> byKey = new HashMap<>();
        calls.stream()
                .sorted(Comparator.comparingLong(Call::begun))
                .forEach(call -> byKey.computeIfAbsent(call.key, key -> new ArrayList<>())
                        .add(call));
        return byKey;
    }

    /**
     * Calls that came although the origin was to be left alone: before a back-off step was over that a failed call of the
     * key had begun, or while another call of the key was under way.
     */
    List<Call> early(Backoff retry) {
        List<Call> early = new ArrayList<>();
        for (List<Call> ofKey : byKey().values()) {
            int failures = 0;
            long freeAt = Long.MIN_VALUE;
            for (Call call : ofKey) {
                if (call.begun < freeAt) {
                    early.add(call);
                }
                failures = call.answered ? 0 : failures + 1;
                freeAt = call.ended == NEVER
                        ? NEVER
                        : call.answered
                                ? call.ended
                                : call.ended + retry.after(failures).toNanos() - EARLY_NANOS;
            }
        }
        return early;
    }

    /** How many attempts a back-off allows for one key within some time: one at its begin, and one after each step. */
    static int attemptsWithin(Duration time, Backoff retry) {
        int attempts = 1;
        Duration next = retry.after(1);
        while (next.compareTo(time) <= 0) {
            attempts++;
            next = next.plus(retry.after(attempts));
        }
        return attempts;
    }

    /** Of the key that was asked for most; 0 if none was. */
    int mostOfOneKey() {
        return byKey().values().stream().mapToInt(List::size).max().orElse(0);
    }

    /** The most calls that were under way at a time. */
    int mostAtATime() {
        List<long[]> changes = new ArrayList<>();
        for (Call call : calls) {
            changes.add(new long[] {call.begun, 1});
            if (call.ended != NEVER) {
                changes.add(new long[] {call.ended, -1});
            }
        }
        // Where one ends as another begins, they were not there at the same time.
        changes.sort(Comparator.<long[]>comparingLong(change -> change[0]).thenComparingLong(change -> change[1]));
        int now = 0;
        int most = 0;
        for (long[] change : changes) {
            now += (int) change[1];
            most = Math.max(most, now);
        }
        return most;
    }
}
