package io.crema.loading;

import io.crema.scenario.Style;
import io.crema.scenario.Tiers;
import java.util.Arrays;
import java.util.List;

/** One of the configurations that a test of one instance is run over. */
record Setup(Style style, Tiers tiers) {

    static List<Setup> all() {
        return Arrays.stream(Tiers.values())
                .flatMap(tiers -> Arrays.stream(Style.values()).map(style -> new Setup(style, tiers)))
                .toList();
    }

    static List<Setup> withNear() {
        return all().stream().filter(setup -> setup.tiers().hasNear()).toList();
    }

    /** Several instances share a remote tier. */
    static Setup fleet(Style style) {
        return new Setup(style, Tiers.BOTH);
    }

    @Override
    public String toString() {
        return tiers + ", " + style;
    }
}
