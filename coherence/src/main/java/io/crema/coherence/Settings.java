package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What a run can be told, by system properties that begin with {@code coherence.}; an empty one counts as not given.
 *
 * @param duration how long the load lasts, over all topologies and subjects
 * @param report the file for the figures as JSON
 * @param seed of all random choices but those of the machine
 * @param topologies in the order of the run
 * @param faults only these; empty = all
 * @param bound on staleness
 * @param subjects only these; empty = those that the class path offers
 * @param directory for logs and histories
 */
record Settings(
        Duration duration,
        Optional<Path> report,
        long seed,
        List<TopologyKind> topologies,
        List<String> faults,
        Duration bound,
        List<String> subjects,
        Path directory) {

    /** The least that {@code CacheBuilder.staleness} takes. */
    static final Duration LEAST_BOUND = Duration.ofMillis(1250);

    private static final Duration MOST_BOUND = Duration.ofMinutes(1);

    /** @throws CoherenceException if a value is not as it must be; all of them are named */
    static Settings of(Properties properties) {
        SettingsReader reader = new SettingsReader(properties);
        Settings settings = new Settings(
                reader.duration(Duration.ofMinutes(10)),
                reader.report(),
                reader.seed(),
                topologies(reader),
                reader.names("faults", Faults.names()),
                reader.duration("bound", Duration.ofSeconds(2), LEAST_BOUND, MOST_BOUND),
                reader.words("subjects"),
                reader.directory());
        reader.complain();
        return settings;
    }

    private static List<TopologyKind> topologies(SettingsReader reader) {
        List<String> known = Stream.of(TopologyKind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .toList();
        List<String> words = reader.names("topologies", known);
        return Stream.of(TopologyKind.values())
                .filter(kind -> words.isEmpty() || words.contains(kind.name().toLowerCase(Locale.ROOT)))
                .toList();
    }
}
