package io.crema.coherence.crash;

import io.crema.coherence.SettingsReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/**
 * What a run can be told; see {@link SettingsReader}.
 *
 * @param duration how long writes are made and faults come
 * @param report the file for the figures as JSON
 * @param seed of all random choices but those of the machine
 * @param directory for logs
 */
record CrashSettings(Duration duration, Optional<Path> report, long seed, Path directory) {

    private static final Duration SHORTEST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** @throws io.crema.coherence.CoherenceException if a value is not as it must be; all of them are named */
    static CrashSettings of(Properties properties) {
        SettingsReader reader = new SettingsReader(properties);
        CrashSettings settings = new CrashSettings(
                reader.duration("duration", Duration.ofMinutes(5), SHORTEST, LONGEST),
                reader.report(),
                reader.seed(),
                reader.directory());
        reader.complain();
        return settings;
    }
}
