package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How long a reader waits while another instance loads the key, before it loads for itself, without storing the value for
 * others. Within one instance callers always share one load.
 *
 * <p>An instance has a key to itself for 10 s, or for a second more than its hard timeout if that is longer; without a hard
 * timeout, for as long as others wait if that is longer. If its load takes longer still, or it dies, the next reader of any
 * instance loads.
 *
 * @param waitLimit the longest wait, from 1 ms. Should be longer than loads take: what it cuts short is one more load
 */
public record SingleFlight(Duration waitLimit) implements Policy {

    public SingleFlight {
        Objects.requireNonNull(waitLimit, "waitLimit");
    }

    /** Waits so long at most. */
    public static SingleFlight waitUpTo(Duration waitLimit) {
        return new SingleFlight(waitLimit);
    }

    @Override
    public List<String> faults() {
        return Faults.of(SingleFlight.class).duration("waitLimit", waitLimit).list();
    }
}
