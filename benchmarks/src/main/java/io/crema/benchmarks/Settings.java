package io.crema.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * What a run was told, by system properties.
 *
 * @param profile {@code bench.profile}: quick or full
 * @param report {@code bench.report}: the file that is written
 * @param suites {@code bench.suites}: labels with commas between; all if empty
 */
record Settings(Profile profile, Path report, List<Suite> suites) {

    static Settings of(Properties properties) {
        String suites = properties.getProperty("bench.suites", "");
        return new Settings(
                Profile.of(properties.getProperty("bench.profile", "quick")),
                Path.of(properties.getProperty("bench.report", "report.json")),
                suites.isBlank()
                        ? List.of(Suite.values())
                        : Arrays.stream(suites.split(","))
                                .map(String::strip)
                                .map(Suite::of)
                                .toList());
    }
}
