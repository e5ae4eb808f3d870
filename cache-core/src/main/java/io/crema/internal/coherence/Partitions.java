package io.crema.internal.coherence;

import java.util.List;
import java.util.stream.IntStream;

/** The partitions of a cache. */
public final class Partitions {

    private final List<Partition> all;

    /** @param count of those for keys; one more holds the tags */
    public Partitions(int count, CoherenceRules rules) {
        all = IntStream.rangeClosed(0, count)
                .mapToObj(index -> new Partition(index, rules))
                .toList();
    }

    public Partition get(int index) {
        return all.get(index);
    }

    public List<Partition> all() {
        return all;
    }

    public List<Partition> ofKeys() {
        return all.subList(0, all.size() - 1);
    }

    public Partition ofTags() {
        return all.get(all.size() - 1);
    }

    /** Makes every entry suspect. */
    public void nextGeneration() {
        all.forEach(Partition::nextGeneration);
    }
}
