package io.crema.coherence;

import io.crema.coherence.Subject.Feature;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one instance does.
 *
 * @param keys how many there are, the same ones for all instances; tens, so that there are some of each {@link Key.Kind}
 * @param zipf how much more often the first keys are read and written than others: the exponent; 0 = all alike
 * @param readers threads that read
 * @param readsPerSecond of all readers together, if reads are fast
 * @param writesPerSecond operations that the writer aims at
 * @param features what is used, as far as the subject has it; invalidations take the place of the others
 * @param loadTime most loads take up to this long, some up to 25 times as long
 */
record Load(
        int keys,
        double zipf,
        int readers,
        int readsPerSecond,
        int writesPerSecond,
        Set<Feature> features,
        Duration loadTime) {

    private static final int FIELDS = 7;

    Load {
        if (keys % 10 != 0) {
            throw new IllegalArgumentException("Keys come in tens, but there are " + keys);
        }
        if (keys < 1 || readers < 1 || readsPerSecond < 1 || writesPerSecond < 1) {
            throw new IllegalArgumentException("There must be keys, readers, reads and writes, but there are " + keys
                    + ", " + readers + ", " + readsPerSecond + " and " + writesPerSecond);
        }
        features = Set.copyOf(features);
    }

    /**
     * A third of the load that the proof puts on a cache: of three instances, each has one. So many readers, because most
     * of them wait for Redis or a load after each clear.
     */
    static Load ofOneInThree() {
        return new Load(10_000, 1.0, 24, 40_000, 333, EnumSet.allOf(Feature.class), Duration.ofMillis(2));
    }

    Load withFeatures(Set<Feature> others) {
        return new Load(keys, zipf, readers, readsPerSecond, writesPerSecond, others, loadTime);
    }

    Load withRates(int reads, int writes) {
        return new Load(keys, zipf, readers, reads, writes, features, loadTime);
    }

    @Override
    public String toString() {
        return String.join(
                ";",
                String.valueOf(keys),
                String.valueOf(zipf),
                String.valueOf(readers),
                String.valueOf(readsPerSecond),
                String.valueOf(writesPerSecond),
                features.stream().map(Feature::name).sorted().collect(Collectors.joining(",")),
                loadTime.toString());
    }

    static Load parse(String text) {
        List<String> fields = List.of(text.split(";", -1));
        if (fields.size() != FIELDS) {
            throw new IllegalArgumentException("Not a load: " + text);
        }
        Set<Feature> features = Arrays.stream(fields.get(5).split(","))
                .filter(name -> !name.isEmpty())
                .map(Feature::valueOf)
                .collect(Collectors.toSet());
        return new Load(
                Integer.parseInt(fields.get(0)),
                Double.parseDouble(fields.get(1)),
                Integer.parseInt(fields.get(2)),
                Integer.parseInt(fields.get(3)),
                Integer.parseInt(fields.get(4)),
                features,
                Duration.parse(fields.get(6)));
    }
}
