package io.crema.coherence.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.coherence.crash.Judge.Findings;
import io.crema.coherence.crash.Judge.Row;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The judge must notice what it is there for, and nothing else. */
class JudgeTest {

    private static final int KEY = 7;
    private static final String ACKNOWLEDGED_PUT = "begin 1 7 put\nid 1 100\nack 1\n";

    private static InstanceLog log(int process, String lines) {
        return InstanceLog.parse(process, lines.lines());
    }

    private static Row put(int process, long sequence, long id) {
        return new Row(KEY, Settled.value(process, sequence), id);
    }

    private static Row deleted(long id) {
        return new Row(KEY, 0, id);
    }

    private static Findings judge(Row row, String... logs) {
        return Judge.judge(
                Stream.iterate(1, process -> process <= logs.length, process -> process + 1)
                        .map(process -> log(process, logs[process - 1]))
                        .toList(),
                List.of(row),
                List.of(row));
    }

    private static void assertNothing(Findings findings) {
        assertThat(findings.examples()).isEmpty();
        assertThat(List.of(
                        findings.lost(),
                        findings.resurrected(),
                        findings.unexplained(),
                        findings.inversions(),
                        findings.diverged(),
                        findings.staleReads()))
                .containsOnly(0L);
    }

    @Test
    void judge_rowIsTheLastAcknowledgedWrite_nothing() {
        Findings findings = judge(
                put(2, 1, 101), ACKNOWLEDGED_PUT + "begin 2 7 delete\nunsent 2\n", "begin 1 7 put\nid 1 101\nack 1\n");

        assertNothing(findings);
        assertThat(findings.writes()).isEqualTo(3);
        assertThat(findings.acknowledged()).isEqualTo(2);
        assertThat(findings.inDoubt()).isZero();
    }

    @Test
    void judge_rowIsOlder_isLost() {
        assertThat(judge(put(1, 1, 100), ACKNOWLEDGED_PUT + "begin 2 7 put\nid 2 101\nack 2\n")
                        .lost())
                .isEqualTo(1);
        assertThat(judge(deleted(99), ACKNOWLEDGED_PUT).lost()).isEqualTo(1);
    }

    @Test
    void judge_noRow_isLost() {
        Findings findings = Judge.judge(List.of(log(1, ACKNOWLEDGED_PUT)), List.of(), List.of());

        assertThat(findings.lost()).isEqualTo(1);
        assertThat(findings.examples()).hasSize(1);
    }

    @Test
    void judge_deletedAndTheRowIsLive_isResurrected() {
        Findings findings = judge(put(1, 1, 100), ACKNOWLEDGED_PUT + "begin 2 7 delete\nid 2 101\nack 2\n");

        assertThat(findings.resurrected()).isEqualTo(1);
        assertThat(findings.lost()).isZero();
    }

    @Test
    void judge_rowHasTheIdButAnotherValue_isUnexplained() {
        assertThat(judge(put(1, 9, 100), ACKNOWLEDGED_PUT).unexplained()).isEqualTo(1);
        assertThat(judge(deleted(100), ACKNOWLEDGED_PUT).unexplained()).isEqualTo(1);
    }

    @Test
    void judge_inDoubtWithHigherId_mayBeThereOrNot() {
        String killed = ACKNOWLEDGED_PUT + "begin 2 7 put\n";
        String refused = ACKNOWLEDGED_PUT + "begin 2 7 put\ndoubt 2\n";
        String late = ACKNOWLEDGED_PUT + "begin 2 7 put\ndoubt 2\nid 2 101\n";

        for (String log : List.of(killed, refused, late)) {
            assertNothing(judge(put(1, 1, 100), log));
            assertNothing(judge(put(1, 2, 101), log));
            assertThat(judge(put(1, 2, 101), log).inDoubt()).isEqualTo(1);
        }
    }

    @Test
    void judge_inDoubtButNotThisOne_isUnexplained() {
        assertThat(judge(deleted(101), ACKNOWLEDGED_PUT + "begin 2 7 put\n").unexplained())
                .isEqualTo(1);
        assertThat(judge(put(1, 2, 102), ACKNOWLEDGED_PUT + "begin 2 7 put\nid 2 101\n")
                        .unexplained())
                .isEqualTo(1);
        assertThat(judge(put(1, 2, 101), ACKNOWLEDGED_PUT + "begin 2 7 put\nunsent 2\n")
                        .unexplained())
                .isEqualTo(1);
    }

    @Test
    void judge_inDoubtWithLowerId_excusesNothing() {
        String log = "begin 1 7 put\nid 1 99\nbegin 2 7 delete\nid 2 100\nack 2\n";

        assertThat(judge(put(1, 1, 99), log).resurrected()).isEqualTo(1);
    }

    @Test
    void judge_acknowledgedWithoutId_isUnexplained() {
        assertThat(judge(put(1, 1, 100), "begin 1 7 put\nack 1\n").unexplained())
                .isPositive();
    }

    @Test
    void judge_writerCalledWithLowerIdInOneProcess_isAnInversion() {
        String calls = "call 7 100 1\nfailed 7 100\ncall 7 100 2\napplied 7 100\n";

        assertThat(judge(put(1, 1, 100), ACKNOWLEDGED_PUT + calls).inversions()).isZero();
        assertThat(judge(put(1, 1, 100), ACKNOWLEDGED_PUT + calls + "call 8 50 1\n")
                        .inversions())
                .isZero();
        assertThat(judge(put(1, 1, 100), ACKNOWLEDGED_PUT + calls, calls + "call 7 99 1\n")
                        .inversions())
                .isEqualTo(1);
    }

    @Test
    void judge_rowWentBack_isAnInversion() {
        Findings findings = Judge.judge(
                List.of(log(1, ACKNOWLEDGED_PUT)),
                List.of(put(1, 1, 100)),
                List.of(deleted(90), put(1, 1, 100), deleted(99), put(1, 1, 100)));

        assertThat(findings.inversions()).isEqualTo(1);
    }

    @Test
    void judge_refusedByTheDatabase_isRepeatedOrLate() {
        Findings findings = Judge.judge(
                List.of(
                        log(1, ACKNOWLEDGED_PUT + "call 7 100 1\nrefused 7 100\n"),
                        log(2, "call 7 98 1\nrefused 7 98\n")),
                List.of(put(1, 1, 100)),
                List.of(put(1, 1, 100)));

        assertNothing(findings);
        assertThat(findings.repeatedWrites()).isEqualTo(1);
        assertThat(findings.lateWrites()).isEqualTo(1);
    }

    @Test
    void judge_cacheHasAnotherValueAtLast_isDiverged() {
        long value = Settled.value(1, 1);

        assertNothing(judge(put(1, 1, 100), ACKNOWLEDGED_PUT + "last 7 " + value + "\nlast 8 0\n"));
        assertThat(judge(put(1, 1, 100), ACKNOWLEDGED_PUT + "last 7 0\n").diverged())
                .isEqualTo(1);
        assertThat(judge(put(1, 1, 100), ACKNOWLEDGED_PUT + "last 8 5\n").diverged())
                .isEqualTo(1);
    }

    @Test
    void judge_readOlderThanOwnWrite_isStaleUnlessTheDatabaseWasAsked() {
        String two = ACKNOWLEDGED_PUT + "begin 2 7 put\nid 2 101\nack 2\n";
        String readFirst = "7 101 " + Settled.value(1, 1) + "\n";
        String readSecond = "7 101 " + Settled.value(1, 2) + "\n";

        assertNothing(judge(put(1, 2, 101), two + "read " + readSecond));
        assertThat(judge(put(1, 2, 101), two + "read " + readFirst).staleReads())
                .isEqualTo(1);
        Findings loaded = judge(put(1, 2, 101), two + "load " + readFirst);
        assertNothing(loaded);
        assertThat(loaded.staleLoads()).isEqualTo(1);
        assertThat(loaded.readsJudged()).isEqualTo(1);
    }

    @Test
    void judge_readNoneAfterOwnPut_isStaleUnlessThereIsALaterDelete() {
        assertThat(judge(put(1, 1, 100), ACKNOWLEDGED_PUT + "read 7 100 0\n").staleReads())
                .isEqualTo(1);
        assertNothing(judge(deleted(101), ACKNOWLEDGED_PUT + "read 7 100 0\n", "begin 1 7 delete\nid 1 101\nack 1\n"));
    }

    @Test
    void control_lateWrites_areOfAcknowledgedRowsAndNoticed() {
        InstanceLog log = log(1, """
                begin 1 7 put
                id 1 100
                ack 1
                begin 2 7 delete
                id 2 101
                ack 2
                begin 3 8 put
                id 3 102
                ack 3
                begin 4 8 put
                id 4 103
                ack 4
                begin 5 9 put
                id 5 104
                ack 5
                begin 6 9 delete
                """);
        Row first = put(1, 1, 100);
        Row older = new Row(8, Settled.value(1, 3), 102);
        Row doubtful = new Row(9, 0, 105);
        List<Row> applied = List.of(
                new Row(9, Settled.value(1, 5), 104),
                doubtful,
                first,
                deleted(101),
                older,
                new Row(8, Settled.value(1, 4), 103));

        assertThat(Control.lateWrites(List.of(log), List.of(doubtful, deleted(101), applied.get(5)), applied))
                .containsExactly(older, first);
        Findings findings = Judge.judge(List.of(log), List.of(doubtful, first, older), applied);
        assertThat(findings.lost()).isEqualTo(1);
        assertThat(findings.resurrected()).isEqualTo(1);
    }
}
