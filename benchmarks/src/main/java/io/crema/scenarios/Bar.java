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

    static Bar atMost(String what, Number measured, Number limit, String unit) {
        return of(what, "<= ", limit, measured, unit, measured.doubleValue() <= limit.doubleValue());
    }

    static Bar atLeast(String what, Number measured, Number limit, String unit) {
        return of(what, ">= ", limit, measured, unit, measured.doubleValue() >= limit.doubleValue());
    }

    static Bar exactly(String what, Number measured, Number wanted, String unit) {
        return of(what, "= ", wanted, measured, unit, measured.doubleValue() == wanted.doubleValue());
    }

    private static Bar of(String what, String relation, Number limit, Number measured, String unit, boolean passed) {
        String words = relation + text(limit.doubleValue());
        double number = measured.doubleValue();
        return Double.isNaN(number)
                ? new Bar(what, words, null, unit, false)
                : new Bar(what, words, number, unit, passed);
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
