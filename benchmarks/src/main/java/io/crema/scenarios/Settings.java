package io.crema.scenarios;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;

/**
 * What a run was told, by system properties that begin with {@code scenarios.}, which Maven passes on from those without.
 * What is not given is as each scenario has it.
 *
 * @param scenarios as {@code -Dscenario} names them: names with commas between; {@code all} or empty = all
 * @param report {@code report}: the file that is written, as JSON
 * @param instances {@code instances}: how many JVMs read, or write
 * @param keys {@code keys}: how many are read, or written
 * @param rate {@code rate}: reads a second of all instances together, or writes
 * @param duration {@code duration}: how long what is wrong lasts, in ISO 8601, as PT30S
 * @param rounds {@code rounds}: how often something is repeated
 * @param readers {@code readers}: of a stampede, of all instances together
 * @param mode {@code policies}: on, or off for the control, which must fail
 * @param directory {@code directory}: where logs are kept
 */
record Settings(
        List<Scenario> scenarios,
        Path report,
        int instances,
        OptionalInt keys,
        OptionalInt rate,
        Optional<Duration> duration,
        OptionalInt rounds,
        OptionalInt readers,
        Mode mode,
        Path directory) {

    /** Whether the policies of a scenario are on. */
    enum Mode {
        ON,
        OFF
    }

    /** Says what is wrong with all that was given, and what can be given. */
    static final class InvalidSettingsException extends RuntimeException {

        InvalidSettingsException(String message) {
            super(message);
        }
    }

    static final String HELP = """
            mvn -q -Pscenarios [-Dscenario=NAME[,NAME..]] [-Dreport=FILE] [options]
              NAME          %s; all = each of them (default)
              -Dreport      the JSON file that is written (default benchmarks/target/scenarios/report.json)
              -Dinstances   JVMs that read, 1 to 16 (default 3)
              -Dkeys        keys that are read (mass-expiry 10000, redis-pause 1000, hot-write 300, origin-down and
                            origin-hang 200)
              -Drate        reads a second of all instances together (mass-expiry: half of the measured capacity;
                            hot-write: writes, 10000; others 1500)
              -Dduration    how long what is wrong lasts (origin-down and hot-write PT60S, redis-pause PT30S,
                            origin-hang PT20S)
              -Drounds      how often stampede (10) and mass-expiry (5) are repeated
              -Dreaders     of a stampede (default 1000)
              -Dpolicies    on (default), or off: the control, whose bars must fail""".formatted(String.join(", ", Scenario.labels()));

    private static final String PREFIX = "scenarios.";

    /** @throws InvalidSettingsException if a value is not as it must be; all of them are named */
    static Settings of(Properties properties) {
        Reader reader = new Reader(properties);
        Path directory =
                Path.of(reader.value("directory").orElse("target/scenarios")).toAbsolutePath();
        Settings settings = new Settings(
                reader.scenarios(),
                reader.value("report")
                        .map(Path::of)
                        .orElse(directory.resolve("report.json"))
                        .toAbsolutePath(),
                reader.number("instances", 16).orElse(3),
                reader.number("keys", 1_000_000),
                reader.number("rate", 10_000_000),
                reader.duration(),
                reader.number("rounds", 1_000),
                reader.number("readers", 20_000),
                reader.mode(),
                directory);
        if (!reader.complaints.isEmpty()) {
            throw new InvalidSettingsException(String.join("; ", reader.complaints) + "\n\n" + HELP);
        }
        return settings;
    }

    Policies policies(Policies of) {
        return mode == Mode.ON ? of : of.off();
    }

    /** Collects what is wrong, so that it is all said at once. */
    private static final class Reader {

        private static final Duration LONGEST = Duration.ofHours(1);

        private final Properties properties;
        private final List<String> complaints = new ArrayList<>();

        Reader(Properties properties) {
            this.properties = properties;
        }

        Optional<String> value(String name) {
            return Optional.of(properties.getProperty(PREFIX + name, "").strip())
                    .filter(text -> !text.isEmpty());
        }

        List<Scenario> scenarios() {
            String text = value("scenario").orElse("all");
            if (text.equals("all")) {
                return List.of(Scenario.values());
            }
            List<Scenario> found = new ArrayList<>();
            for (String label :
                    Arrays.stream(text.split(",")).map(String::strip).toList()) {
                Scenario.labelled(label)
                        .ifPresentOrElse(
                                found::add,
                                () -> complaints.add("-Dscenario knows " + String.join(", ", Scenario.labels())
                                        + " and all, but not \"" + label + "\""));
            }
            return found;
        }

        OptionalInt number(String name, int most) {
            Optional<String> text = value(name);
            if (text.isEmpty()) {
                return OptionalInt.empty();
            }
            try {
                int number = Integer.parseInt(text.get());
                if (number >= 1 && number <= most) {
                    return OptionalInt.of(number);
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            complaints.add(
                    "-D" + name + " must be a whole number from 1 to " + most + ", but is \"" + text.get() + "\"");
            return OptionalInt.empty();
        }

        Optional<Duration> duration() {
            Optional<String> text = value("duration");
            try {
                Optional<Duration> duration = text.map(Duration::parse);
                if (duration.isEmpty()
                        || duration.get().compareTo(Duration.ofSeconds(1)) >= 0
                                && duration.get().compareTo(LONGEST) <= 0) {
                    return duration;
                }
            } catch (DateTimeParseException e) {
                // Said below.
            }
            complaints.add("-Dduration must be from PT1S to " + LONGEST + ", but is \"" + text.orElse("") + "\"");
            return Optional.empty();
        }

        Mode mode() {
            String text = value("policies").orElse("on");
            if (!text.equals("on") && !text.equals("off")) {
                complaints.add("-Dpolicies must be on or off, but is \"" + text + "\"");
            }
            return text.equals("off") ? Mode.OFF : Mode.ON;
        }
    }
}
