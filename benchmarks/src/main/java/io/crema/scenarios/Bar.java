package io.crema.scenarios;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for and what was found.
 *
 * @param what is measured
 * @param limit in words
 * @param measured null = nothing was, which no bar allows
 */
record Bar(String what, String limit, @Nullable Double measured, String unit, boolean passed) {

    static Bar atMost(String what, double measured, double limit, String unit) {
        return of(what, "<= " + text(limit), measured, unit, measured <= limit);
    }

    static Bar atLeast(String what, double measured, double limit, String unit) {
        return of(what, ">= " + text(limit), measured, unit, measured >= limit);
    }

    static Bar exactly(String what, double measured, double wanted, String unit) {
        return of(what, "= " + text(wanted), measured, unit, measured == wanted);
    }

    private static Bar of(String what, String limit, double measured, String unit, boolean passed) {
        return Double.isNaN(measured)
                ? new Bar(what, limit, null, unit, false)
                : new Bar(what, limit, measured, unit, passed);
    }

    /** The same of one case of several. */
    Bar in(String part) {
        return new Bar(part + ": " + what, limit, measured, unit, passed);
    }

    String measuredText() {
        return measured == null ? "nothing" : text(measured);
    }

    static String text(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? String.format(Locale.ROOT, "%d", (long) number)
                : String.format(Locale.ROOT, "%.3f", number);
    }
}
