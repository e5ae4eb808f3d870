package io.crema.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is measured, in this order. */
enum Suite {
    L1_HIT(
            0,
            List.of(
                    new Competitor("crema", L1Hit.class, "crema", Set.of(1, 2)),
                    new Competitor("caffeine-plain", L1Hit.class, "caffeinePlain", Set.of(1, 2)),
                    new Competitor("caffeine-expireAfterWrite", L1Hit.class, "caffeineExpireAfterWrite", Set.of(1, 2)),
                    new Competitor("crema-near-only", L1Hit.class, "cremaNearOnly", Set.of(1)))),
    L2_HIT(
            L2Hit.VALUE_BYTES,
            List.of(
                    new Competitor("crema", L2Hit.class, "crema", Set.of(1, 16)),
                    new Competitor("lettuce-get", L2Hit.class, "lettuceGet", Set.of(1, 16)))),
    PUT(
            L2Hit.VALUE_BYTES,
            List.of(
                    new Competitor("crema", Writes.class, "putCrema", Set.of(1)),
                    new Competitor("lettuce-set-publish", Writes.class, "putLettuceSetPublish", Set.of(1)),
                    new Competitor("lettuce-evalsha", Writes.class, "putLettuceEvalsha", Set.of(1)))),
    INVALIDATE(
            0,
            List.of(
                    new Competitor("crema", Writes.class, "invalidateCrema", Set.of(1)),
                    new Competitor("lettuce-del-publish", Writes.class, "invalidateLettuceDelPublish", Set.of(1)),
                    new Competitor("lettuce-evalsha", Writes.class, "invalidateLettuceEvalsha", Set.of(1))));

    /** The one that all others of its suite stand beside. */
    static final String OURS = "crema";

    /** One way to do what a suite measures, and with how many threads it is measured. */
    record Competitor(String name, Class<?> type, String method, Set<Integer> threads) {}

    /** The size of a value; 0 where it does not matter. */
    final int valueBytes;

    final List<Competitor> competitors;

    Suite(int valueBytes, List<Competitor> competitors) {
        this.valueBytes = valueBytes;
        this.competitors = competitors;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Set<Integer> threadCounts() {
        return competitors.stream()
                .flatMap(competitor -> competitor.threads().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static Suite of(String label) {
        return Arrays.stream(values())
                .filter(suite -> suite.label().equals(label))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("There is no suite '" + label + "', only "
                        + Arrays.stream(values()).map(Suite::label).collect(Collectors.joining(", "))));
    }
}
