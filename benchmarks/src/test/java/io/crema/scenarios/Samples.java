package io.crema.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Reads and calls that were never made. */
final class Samples {

    static final long BEGIN = TimeUnit.SECONDS.toNanos(1_000);

    private Samples() {}

    static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** A moment, in milliseconds after the begin. */
    static long at(long millis) {
        return BEGIN + millis(millis);
    }

    static CallLog.Call answered(String key, long begun, long ended) {
        return new CallLog.Call(key, at(begun), at(ended), true);
    }

    static CallLog.Call failed(String key, long begun, long ended) {
        return new CallLog.Call(key, at(begun), at(ended), false);
    }

    static CallLog log(CallLog.Call... calls) {
        return new CallLog(List.of(calls));
    }

    private static Took took(long nanos) {
        return new Took(nanos, nanos, nanos);
    }

    /** A slice whose reads took that long each, in each of the three ways. */
    static Slice given(int reads, long millis) {
        Slice slice = new Slice();
        add(slice, reads, millis);
        return slice;
    }

    static void add(Slice slice, int reads, long millis) {
        for (int i = 0; i < reads; i++) {
            slice.given(took(millis(millis)), 0, false, true);
        }
    }

    static Slice old(int reads, long millis) {
        Slice slice = new Slice();
        for (int i = 0; i < reads; i++) {
            slice.given(took(millis(millis)), millis(10_000), true, true);
        }
        return slice;
    }

    static Slice wrong() {
        Slice slice = new Slice();
        slice.given(took(millis(1)), 0, false, false);
        return slice;
    }

    static Slice failed() {
        Slice slice = new Slice();
        slice.failed(took(millis(1)), "CacheLoadException");
        return slice;
    }

    static History.Reads reads(Slice... slices) {
        return History.Reads.of(List.of(slices).stream().map(Slice::written).toList());
    }

    /** Slices that follow each other from the begin. */
    static History history(Slice... slices) {
        List<History.Numbered> numbered = new ArrayList<>();
        for (int i = 0; i < slices.length; i++) {
            numbered.add(new History.Numbered(i, slices[i].written()));
        }
        return new History(BEGIN, 0, numbered);
    }

    static void assertPassed(List<Bar> bars) {
        assertThat(bars).isNotEmpty().allMatch(Bar::passed);
    }

    /** That bar, and no other, is missed. */
    static void assertMissed(List<Bar> bars, String... what) {
        assertThat(bars).filteredOn(bar -> !bar.passed()).extracting(Bar::what).containsExactlyInAnyOrder(what);
    }
}
