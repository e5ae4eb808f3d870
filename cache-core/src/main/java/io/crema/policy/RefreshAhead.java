package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * When a value that is still fresh is loaded anew behind its readers, so that no reader ever waits for a popular one. A
 * read that may load begins it, if it comes after that moment; one instance loads, however many read. Each value is loaded
 * by itself, also where many were read together, and as evenly as {@link StaleWhileRevalidate} says, until half of the time
 * is over in which a value can be loaded so.
 *
 * <p>Early refresh follows XFetch (Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention,
 * VLDB 2015): the moment lies before the end of freshness by the measured time of the last load, times {@code beta}, times
 * an exponential random number. It is drawn once for each entry and instance instead of at each read, so that a hit does
 * not pay for it.
 *
 * @param fraction the share of freshness after which a read refreshes, above 0 and at most 1; 1 = not for its age alone
 * @param beta the factor of early refresh, 0 to 100; 0 = none, 1 = the optimum where loads take about as long as the last
 * @param retry how long a refresh waits after one that failed, in all instances
 */
public record RefreshAhead(double fraction, double beta, Backoff retry) implements Policy {

    private static final Backoff RETRY = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30));

    public RefreshAhead {
        Objects.requireNonNull(retry, "retry");
    }

    /** After that share of freshness, above 0 and below 1. */
    public static RefreshAhead at(double fraction) {
        return new RefreshAhead(fraction, 0, RETRY);
    }

    /** Early refresh alone, with the optimal factor. */
    public static RefreshAhead probabilistic() {
        return new RefreshAhead(1, 1, RETRY);
    }

    /** The same with early refresh by that factor besides. */
    public RefreshAhead beta(double beta) {
        return new RefreshAhead(fraction, beta, retry);
    }

    /** The same with another wait after refreshes that failed; 1 s, doubled up to 30 s, unless set. */
    public RefreshAhead retry(Backoff retry) {
        return new RefreshAhead(fraction, beta, retry);
    }

    @Override
    public List<String> faults() {
        return Faults.of(RefreshAhead.class)
                .unless(
                        fraction > 0 && fraction < 1 || fraction == 1 && beta > 0,
                        "fraction must be above 0 and below 1, or 1 with a beta above 0, but is " + fraction)
                .unless(beta >= 0 && beta <= 100, "beta must be from 0 to 100, but is " + beta)
                .with(retry)
                .list();
    }
}
