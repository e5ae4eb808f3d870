package io.crema.spi;

import java.util.List;

/**
 * What may become of values that a remote tier has and the origin does not have yet.
 *
 * @param faults why they may be lost while the tier is well: nothing is to be written behind; each with what to do about it
 * @param warnings how else they may be lost, each with what to do about it
 */
public record Durability(List<String> faults, List<String> warnings) {

    public Durability {
        faults = List.copyOf(faults);
        warnings = List.copyOf(warnings);
    }
}
