package io.crema.coherence.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.coherence.crash.InstanceLog.ReadBack;
import io.crema.coherence.crash.InstanceLog.Write;
import io.crema.coherence.crash.WriteLog.Change;
import io.crema.coherence.crash.WriteLog.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceLogTest {

    @TempDir
    private Path directory;

    @Test
    void read_whatWasWritten_isAllThere() throws Exception {
        Path file = directory.resolve("process.writes");
        Change put = new Change(5, 50, false, 500, 1);
        Change delete = new Change(6, 0, true, 600, 2);
        try (WriteLog log = WriteLog.create(file)) {
            log.begin(1, 5, false);
            log.begin(2, 6, true);
            log.id(2, 600);
            log.acknowledged(2);
            log.doubtful(1);
            log.begin(3, 7, false);
            log.notSent(3);
            log.called(List.of(put, delete));
            log.ended(List.of(put), Outcome.APPLIED);
            log.ended(List.of(delete), Outcome.REFUSED);
            log.failed();
            log.ended(List.of(put, delete), Outcome.FAILED);
            log.read(6, 600, null, false);
            log.read(6, 600, 9L, true);
            log.last(5, 50L);
            log.last(6, null);
        }

        InstanceLog log = InstanceLog.read(3, file);

        assertThat(log.writes()).isEqualTo(3);
        assertThat(log.all()).containsExactly(new Write(5, Settled.value(3, 1), 0, false), new Write(6, 0, 600, true));
        assertThat(log.id(2)).isEqualTo(600);
        assertThat(log.id(99_999)).isZero();
        assertThat(log.calls()).isEqualTo(1);
        assertThat(log.failures()).isEqualTo(1);
        assertThat(log.written()).isEqualTo(2);
        assertThat(log.count(Outcome.APPLIED)).isEqualTo(1);
        assertThat(log.count(Outcome.FAILED)).isEqualTo(2);
        assertThat(log.refused()).containsExactly(new long[] {6, 600});
        assertThat(log.reads()).containsExactly(new ReadBack(6, 600, 0, false), new ReadBack(6, 600, 9, true));
        assertThat(log.last()).isEqualTo(Map.of(5, 50L, 6, 0L));
        assertThat(log.inversions()).isEmpty();
    }

    @Test
    void parse_cutAtTheEnd_ignoresTheRest() {
        InstanceLog log = InstanceLog.parse(1, Stream.of("begin 1 5 put", "begin 2"));

        assertThat(log.writes()).isEqualTo(1);
    }

    @Test
    void parse_damagedElsewhere_throws() {
        assertThatThrownBy(() -> InstanceLog.parse(1, Stream.of("nonsense", "begin 1 5 put")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> InstanceLog.parse(1, Stream.of("ack 1", "begin 1 5 put")))
                .hasMessageContaining("did not begin");
    }

    @Test
    void parse_manyWrites_areAllKept() {
        InstanceLog log = InstanceLog.parse(
                1, Stream.iterate(1, i -> i <= 5_000, i -> i + 1).map(i -> "begin " + i + " 3 put"));

        assertThat(log.all()).hasSize(5_000);
        assertThat(log.all()).last().extracting(Write::value).isEqualTo(Settled.value(1, 5_000));
    }
}
