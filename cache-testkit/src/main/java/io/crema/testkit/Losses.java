package io.crema.testkit;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;

/** Times in which acknowledged invalidations may have been lost: what was acknowledged within counts as so at the end. */
final class Losses {

    /**
     * @param span as distances, both ends included
     * @param keys of which keys
     */
    record Loss(ReadWindow span, LongPredicate keys) {}

    /** By when they begin, so that one that begins before another ends comes later. */
    private final List<Loss> losses;

    Losses(Collection<Loss> losses) {
        this.losses = losses.stream()
                .sorted(Comparator.comparingLong(loss -> loss.span().fromNanos()))
                .toList();
    }

    /** When what was acknowledged at a time counts as acknowledged. */
    long counts(long key, long ack) {
        long counted = ack;
        for (Loss loss : losses) {
            ReadWindow span = loss.span();
            if (span.fromNanos() <= counted
                    && counted <= span.untilNanos()
                    && loss.keys().test(key)) {
                // If another begins before this ends, it is lost again with that.
                counted = span.untilNanos();
            }
        }
        return counted;
    }
}
