package io.crema.scenarios;

import org.jspecify.annotations.Nullable;

/**
 * What an instance says, a line on its standard output.
 *
 * @param ticket of the order that this answers, or one of the two below
 * @param content as JSON; null with a failure
 * @param failure why there is no answer
 */
record Answer(
        long ticket, @Nullable String content, @Nullable String failure) {

    /** Said once, when it can take orders; the content is its {@link System#nanoTime()}. */
    static final long READY = -1;

    /** Said every now and then; the content is a {@link Status}. */
    static final long STATUS = -2;

    /**
     * What an instance has done so far.
     *
     * @param reads that ended
     * @param failures how many of them failed
     */
    record Status(long reads, long failures) {

        static final Status NONE = new Status(0, 0);

        Status plus(Status other) {
            return new Status(reads + other.reads, failures + other.failures);
        }
    }
}
