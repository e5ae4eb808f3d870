package io.crema.spi;

import java.util.List;
import java.util.Objects;

/**
 * What a remote tier was found to be able to promise.
 *
 * @param bounded whether invalidations arrive within the staleness bound, or their loss is noticed within it
 * @param transport how they travel, and over what, in a few words
 * @param warnings what takes from the guarantee, each with what to do about it
 */
public record Guarantee(boolean bounded, String transport, List<String> warnings) {

    public Guarantee {
        Objects.requireNonNull(transport, "transport");
        warnings = List.copyOf(warnings);
    }
}
