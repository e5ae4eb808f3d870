package io.crema.internal.coherence;

import java.util.List;
import java.util.stream.IntStream;

/** The partitions of a cache. */
public final class Partitions {

    private final List<Partition> all;

    public Partitions(int count, CoherenceRules rules) {
        all = IntStream.range(0, count)
                .mapToObj(index -> new Partition(index, rules))
                .toList();
    }

    public Partition get(int index) {
        return all.get(index);
    }

    public List<Partition> all() {
        return all;
    }

    /** Makes every entry suspect. */
    public void nextGeneration() {
        all.forEach(Partition::nextGeneration);
    }
}
