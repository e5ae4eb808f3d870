package io.crema.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @TempDir
    Path directory;

    private static Settings settings(String name, String value) {
        Properties properties = new Properties();
        properties.setProperty(name, value);
        return Settings.of(properties);
    }

    @Test
    void of_nothingGiven_isDefault() {
        Settings settings = Settings.of(new Properties());

        assertThat(settings.report()).isNull();
        assertThat(settings.load()).isEqualTo(Duration.ofSeconds(22));
        assertThat(settings.transport()).isEqualTo(Transport.SOUND);
    }

    @Test
    void of_emptyValues_countAsNotGiven() {
        Properties properties = new Properties();
        for (String name : List.of("report", "seconds", "break", "directory")) {
            properties.setProperty("quickstart." + name, "");
        }

        assertThat(Settings.of(properties)).isEqualTo(Settings.of(new Properties()));
    }

    @Test
    void of_reportInNewDirectory_makesDirectoryAndLeavesNoFile() {
        Path report = directory.resolve("new").resolve("report.json");

        assertThat(settings("quickstart.report", report.toString()).report()).isEqualTo(report);
        assertThat(report.getParent()).isEmptyDirectory();
    }

    @Test
    void of_reportThere_keepsItUntilThereIsAnother() throws IOException {
        Path report = Files.writeString(directory.resolve("report.json"), "old");

        assertThat(settings("quickstart.report", report.toString()).report()).isEqualTo(report);
        assertThat(report).hasContent("old");
    }

    @Test
    void of_reportCannotBeWritten_saysSo() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> settings("quickstart.report", directory.toString()))
                .isInstanceOf(QuickstartException.class)
                .hasMessageContaining("cannot be written to " + directory)
                .hasMessageContaining("directory");
        assertThatThrownBy(() -> settings(
                        "quickstart.report", file.resolve("report.json").toString()))
                .isInstanceOf(QuickstartException.class)
                .hasMessageContaining("cannot be written");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "3601", "-20", "soon", "12.5"})
    void of_impossibleSeconds_saysWhatIsPossible(String seconds) {
        assertThatThrownBy(() -> settings("quickstart.seconds", seconds))
                .isInstanceOf(QuickstartException.class)
                .hasMessageContaining("from 11 to 3600")
                .hasMessageContaining(seconds);
    }

    @Test
    void of_break_knowsInvalidationOnly() {
        assertThat(settings("quickstart.break", "invalidation").transport()).isEqualTo(Transport.LOSES_INVALIDATIONS);
        assertThatThrownBy(() -> settings("quickstart.break", "redis"))
                .isInstanceOf(QuickstartException.class)
                .hasMessageContaining("not \"redis\"");
    }

    @Test
    void open_directoryInUse_saysSoUntilItIsFree() throws IOException {
        try (RunDirectory first = RunDirectory.open(directory)) {
            assertThat(first.history(1)).hasParentRaw(directory);
            assertThatThrownBy(() -> RunDirectory.open(directory))
                    .isInstanceOf(QuickstartException.class)
                    .hasMessageContaining("in use by another quickstart");
        }
        RunDirectory.open(directory).close();
    }

    @Test
    void open_filesThere_removesOnlyThoseOfTheRunBefore() throws IOException {
        Path other = Files.createFile(directory.resolve("notes.txt"));
        Path history = Files.createFile(directory.resolve("instance-1.history"));
        Path page = directory.resolve("postgres").resolve("base").resolve("1");
        Files.createDirectories(page.getParent());
        Files.createFile(page);

        RunDirectory.open(directory).close();

        assertThat(other).exists();
        assertThat(history).doesNotExist();
        assertThat(directory.resolve("postgres")).doesNotExist();
    }

    @Test
    void open_fileInItsPlace_saysSo() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> RunDirectory.open(file))
                .isInstanceOf(QuickstartException.class)
                .hasMessageContaining("cannot be used");
    }

    @Test
    void parse_argumentsOfAnAssignment_isThatAssignment() {
        Assignment assignment = new Assignment(
                2,
                "redis://127.0.0.1:1",
                "jdbc:postgresql://localhost:2/postgres?user=a b",
                12_220,
                Duration.ofMillis(1_500),
                12_000,
                20,
                Transport.LOSES_INVALIDATIONS,
                directory.resolve("a history"));

        assertThat(Assignment.parse(assignment.toArguments())).isEqualTo(assignment);
        assertThatThrownBy(() -> Assignment.parse(List.of("1"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nanos_ofAllPhases_addUpToTheLoad() {
        long load = Duration.ofSeconds(22).toNanos();

        assertThat(Phase.STEADY.nanos(load)).isEqualTo(Duration.ofSeconds(12).toNanos());
        assertThat(Phase.REDIS_DOWN.nanos(load)).isEqualTo(Duration.ofSeconds(4).toNanos());
        assertThat(Phase.RECOVERED.nanos(load)).isEqualTo(Duration.ofSeconds(6).toNanos());
    }
}
