package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.coherence.Subject.Counts;
import io.crema.coherence.Subject.Feature;
import io.crema.coherence.SubjectProvider.TopologyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes between an instance and the process that leads it, there and back. */
class InstanceLinesTest {

    private static final Map<Operation, Long> WRITES = Map.of(
            Operation.INVALIDATE, 1L, Operation.PUT, 2L, Operation.EXPIRE, 3L, Operation.TAG, 4L, Operation.CLEAR, 5L);

    @ParameterizedTest
    @EnumSource
    void order_everyKind_isUnderstood(Order.Kind kind) {
        Order order = new Order(kind, 12);

        assertThat(Order.parse(order.toString())).isEqualTo(order);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "load", "load ", "load x", "load 1 2", "unload 1", "LOAD  1"})
    void order_garbage_isSaid(String line) {
        assertThatThrownBy(() -> Order.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not an order: " + line);
    }

    @ParameterizedTest
    @EnumSource
    void report_everyKind_isUnderstood(Report.Kind kind) {
        Report report = new Report(kind, "some words: more");

        assertThat(Report.parse(report.toString())).isEqualTo(report);
    }

    @Test
    void report_severalLines_isOne() {
        assertThat(new Report(Report.Kind.FAILED, "one\ntwo\r\nthree").toString())
                .isEqualTo("failed one two three");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ready", " ready", "WARNING: something", "progressed 1 2"})
    void report_garbage_isSaid(String line) {
        assertThatThrownBy(() -> Report.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a report: " + line);
    }

    @Test
    void progress_decoded_isTheSame() {
        Progress progress = new Progress(6, 7, 8, WRITES, 9, new Counts(10, 11, 12, 13, 14), 15);

        assertThat(Progress.decode(progress.encode())).isEqualTo(progress);
        assertThat(progress.allWrites()).isEqualTo(15);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1 2 3", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 x", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"})
    void progress_garbage_isSaid(String text) {
        assertThatThrownBy(() -> Progress.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void spec_parsed_isTheSame() {
        InstanceSpec spec = new InstanceSpec(
                "crema",
                2,
                TopologyKind.CLUSTER,
                List.of("redis://127.0.0.1:1000", "redis://127.0.0.1:1001"),
                Map.of(1000, 2000, 1001, 2001),
                Duration.ofMillis(1500),
                Path.of("a directory", "origin"),
                Path.of("history"),
                Path.of("log"),
                -3,
                Load.ofOneInThree().withFeatures(Set.of(Feature.CLEAR, Feature.EXPIRE)));

        assertThat(InstanceSpec.parse(spec.toArguments())).isEqualTo(spec);
    }

    @Test
    void spec_nothingOptional_isTheSame() {
        InstanceSpec spec = new InstanceSpec(
                "peer",
                1,
                TopologyKind.STANDALONE,
                List.of("redis://127.0.0.1:1000"),
                Map.of(),
                Duration.ofSeconds(2),
                Path.of("origin"),
                Path.of("history"),
                Path.of("log"),
                1,
                Load.ofOneInThree().withFeatures(Set.of()).withRates(100, 10));

        assertThat(InstanceSpec.parse(spec.toArguments())).isEqualTo(spec);
    }

    @Test
    void spec_otherArguments_isSaid() {
        assertThatThrownBy(() -> InstanceSpec.parse(List.of("crema")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not by hand");
    }

    @Test
    void load_oddNumbers_areRefused() {
        assertThatThrownBy(() -> Load.parse("9;1;1;1;1;;PT0S")).hasMessageContaining("tens");
        assertThatThrownBy(() -> Load.parse("10;1;0;1;1;;PT0S")).hasMessageContaining("readers");
        assertThatThrownBy(() -> Load.parse("10;1")).hasMessage("Not a load: 10;1");
    }
}
