package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    @TempDir
    private Path directory;

    private static Settings settings(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty("coherence." + namesAndValues[i], namesAndValues[i + 1]);
        }
        return Settings.of(properties);
    }

    @Test
    void of_nothingOrEmpty_isDefault() {
        Settings settings = settings("duration", "", "report", " ", "topologies", "", "faults", ",", "subjects", "");

        assertThat(settings.duration()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.report()).isEmpty();
        assertThat(settings.topologies()).containsExactly(TopologyKind.values());
        assertThat(settings.faults()).isEmpty();
        assertThat(settings.bound()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.subjects()).isEmpty();
    }

    @Test
    void of_allGiven_isWhatWasGiven() {
        Path report = directory.resolve("new").resolve("report.json");
        Settings settings = settings(
                "duration", "PT1H",
                "report", report.toString(),
                "seed", "-7",
                "topologies", "cluster, standalone",
                "faults", "none,flushall",
                "bound", "PT1.25S",
                "subjects", "crema-strict",
                "directory", directory.toString());

        assertThat(settings.duration()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.report()).contains(report);
        assertThat(report.getParent()).isEmptyDirectory();
        assertThat(settings.seed()).isEqualTo(-7);
        assertThat(settings.topologies()).containsExactly(TopologyKind.STANDALONE, TopologyKind.CLUSTER);
        assertThat(settings.faults()).containsExactly("none", "flushall");
        assertThat(settings.bound()).isEqualTo(Settings.LEAST_BOUND);
        assertThat(settings.subjects()).containsExactly("crema-strict");
        assertThat(settings.directory()).isEqualTo(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "duration, ten minutes, must be a duration from",
        "duration, -PT1M, must be a duration from",
        "duration, PT100H, must be a duration from",
        "bound, PT1S, PT1.25S",
        "seed, 1.5, must be a whole number",
        "topologies, 'standalone,star', 'knows standalone, sentinel, cluster, but not star'",
        "faults, meteor, but not meteor"
    })
    void of_wrongValue_saysWhatIsRight(String name, String value, String expected) {
        assertThatThrownBy(() -> settings(name, value))
                .isInstanceOf(CoherenceException.class)
                .hasMessageContaining("-D" + name)
                .hasMessageContaining(expected);
    }

    @Test
    void of_severalWrongValues_namesAll() {
        assertThatThrownBy(() -> settings("bound", "0", "seed", "x")).hasMessageContainingAll("-Dbound", "-Dseed");
    }

    @Test
    void of_reportCannotBeWritten_saysSo() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> settings("report", directory.toString())).hasMessageContaining("is a directory");
        assertThatThrownBy(() -> settings("report", file.resolve("report.json").toString()))
                .hasMessageContaining("-Dreport names a file that cannot be written");
    }

    @Test
    void of_reportThere_isKeptUntilThereIsAnother() throws IOException {
        Path report = Files.writeString(directory.resolve("report.json"), "old");

        assertThat(settings("report", report.toString()).report()).contains(report);
        assertThat(report).hasContent("old");
    }
}
