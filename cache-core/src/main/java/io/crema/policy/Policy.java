package io.crema.policy;

import java.util.List;

/**
 * Immutable data by which a cache is configured. Any values may be given; whether they make sense is found out when the
 * cache is built, so that all faults of a configuration are reported at once.
 */
public interface Policy {

    /** What is wrong with it, and each argument's allowed values; empty if it can be used. */
    List<String> faults();
}
