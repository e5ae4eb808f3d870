package io.crema;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.engine.Tokens;

/** Makes instances that decide by other rules than the library's, or choose at random what a run can repeat. */
public final class Rules {

    private Rules() {}

    public static Crema.Builder replaced(Crema.Builder builder, CoherenceRules rules) {
        return builder.rules(rules);
    }

    public static Crema.Builder seeded(Crema.Builder builder, long seed) {
        return builder.tokens(new Tokens(seed));
    }
}
