package io.crema.internal.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.coherence.CoherenceRules.Freshness;
import io.crema.internal.coherence.CoherenceRules.Resync;
import io.crema.internal.coherence.CoherenceRules.Sequence;
import io.crema.spi.RemoteRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each rule gives, at and around each of its boundaries. */
class CoherenceRulesTest {

    private final CoherenceRules rules = new CoherenceRules();

    @ParameterizedTest
    @CsvSource({
        // last seen, stamp, count
        "10, 11, 1, IN_ORDER",
        "10, 13, 3, IN_ORDER",
        "0, 1, 1, IN_ORDER",
        "10, 10, 1, DUPLICATE",
        "10, 10, 3, DUPLICATE",
        "0, 0, 1, DUPLICATE",
        "10, 12, 1, GAP",
        "10, 14, 3, GAP",
        "10, 12, 3, GAP",
        "0, 1750000000000001, 1, GAP",
        "10, 9, 1, WENT_BACK",
        "10, 1, 1, WENT_BACK",
    })
    void sequence(long lastSeen, long stamp, int count, Sequence expected) {
        assertThat(rules.sequence(lastSeen, stamp, count)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // first, same history, last seen, clock
        "true, true, 10, 10, FIRST",
        "true, false, 10, 9, FIRST",
        "true, false, 0, 10, FIRST",
        "false, true, 10, 10, KEPT",
        "false, true, 0, 0, KEPT",
        "false, true, 10, 11, ADVANCED",
        "false, true, 0, 1, ADVANCED",
        "false, true, 10, 9, HISTORY_CHANGED",
        "false, true, 10, 0, HISTORY_CHANGED",
        "false, false, 10, 9, HISTORY_CHANGED",
        "false, false, 10, 10, HISTORY_CHANGED",
        "false, false, 10, 11, HISTORY_CHANGED",
    })
    void resync(boolean first, boolean sameHistory, long lastSeen, long clock, Resync expected) {
        assertThat(rules.resync(first, sameHistory, lastSeen, clock)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10, 10, true", "10, 11, false", "10, 9, false"})
    void confirmsRelayed(long lastSeen, long clock, boolean expected) {
        assertThat(rules.confirmsRelayed(lastSeen, clock)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // measured, moved
        "0, false, 0",
        "0, true, 0",
        "500, false, 500",
        "500, true, 500",
        "9223372036854775807, false, 9223372036854775807",
        "9223372036854775807, true, 0",
    })
    void lostMillis(long measured, boolean moved, long expected) {
        assertThat(rules.lostMillis(measured, moved)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // same history, lost, covered, complete
        "false, 0, 100, true, true",
        "false, 99, 100, true, true",
        "false, 100, 100, true, true",
        "false, 101, 100, true, false",
        "false, 9223372036854775807, 100, true, false",
        "false, 0, 100, false, false",
        "true, 0, 100, true, false",
    })
    void replayCovers(boolean sameHistory, long lost, long covered, boolean complete, boolean expected) {
        assertThat(rules.replayCovers(sameHistory, lost, covered, complete)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10, 0, true", "10, 9, true", "10, 10, true", "10, 11, false"})
    void countsAsExecuted(long stamp, long epoch, boolean expected) {
        assertThat(rules.countsAsExecuted(stamp, epoch)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"11, 10, false", "10, 10, true", "9, 10, true"})
    void wentBack(long stamp, long metBefore, boolean expected) {
        assertThat(rules.wentBack(stamp, metBefore)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // now, confirmed, window
        "100, 100, 50, true",
        "149, 100, 50, true",
        "150, 100, 50, true",
        "151, 100, 50, false",
        // The coarse clock may be behind what was confirmed.
        "99, 100, 50, true",
    })
    void leaseValid(long now, long confirmed, long window, boolean expected) {
        assertThat(rules.leaseValid(now, confirmed, window)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // entry's generation, partition's, now, deadline
        "3, 3, 99, 100, true",
        "3, 3, 100, 100, false",
        "3, 3, 101, 100, false",
        "2, 3, 99, 100, false",
        "4, 3, 99, 100, false",
    })
    void mayServe(long entryGeneration, long generation, long now, long deadline, boolean expected) {
        assertThat(rules.mayServe(entryGeneration, generation, now, deadline)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // entry's generation, partition's, now, deadline, as of, window
        "3, 3, 100, 200, 51, 50, true",
        "3, 3, 100, 200, 50, 50, false",
        "3, 3, 100, 200, 49, 50, false",
        "2, 3, 100, 200, 99, 50, false",
        "3, 3, 200, 200, 199, 50, false",
    })
    void mayServeUnleased(
            long entryGeneration, long generation, long now, long deadline, long asOf, long window, boolean expected) {
        assertThat(rules.mayServeUnleased(entryGeneration, generation, now, deadline, asOf, window))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // flight's generation, partition's, leased, now, flight's start, window
        "3, 3, true, 1000, 0, 50, true",
        "3, 3, false, 100, 51, 50, true",
        "3, 3, false, 100, 50, 50, false",
        "2, 3, true, 100, 99, 50, false",
        "2, 3, false, 100, 99, 50, false",
        "4, 3, true, 100, 99, 50, false",
    })
    void mayJoin(
            long flightGeneration,
            long generation,
            boolean leased,
            long now,
            long flightStart,
            long window,
            boolean expected) {
        assertThat(rules.mayJoin(flightGeneration, generation, leased, now, flightStart, window))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // detached, generation, partition's
        "false, 3, 3, true",
        "true, 3, 3, false",
        "false, 2, 3, false",
        "false, 4, 3, false",
        "true, 2, 3, false",
    })
    void mayInstall(boolean detached, long generation, long partitionGeneration, boolean expected) {
        assertThat(rules.mayInstall(detached, generation, partitionGeneration)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // old stamp, old load, stamp, load
        "10, 5, 9, 6, true",
        "10, 5, 10, 4, true",
        "10, 5, 10, 5, false",
        "10, 5, 10, 6, false",
        "10, 5, 11, 0, false",
    })
    void keepsOld(long oldStamp, long oldLoadedAt, long stamp, long loadedAt, boolean expected) {
        assertThat(rules.keepsOld(oldStamp, oldLoadedAt, stamp, loadedAt)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10, 9, true", "10, 10, false", "10, 11, false"})
    void evicts(long stamp, long entryStamp, boolean expected) {
        assertThat(rules.evicts(stamp, entryStamp)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10, 0, true", "10, 9, true", "10, 10, true", "10, 11, false"})
    void mayInstallWritten(long stamp, long newest, boolean expected) {
        assertThat(rules.mayInstallWritten(stamp, newest)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "USABLE, 7, 7, true",
        "USABLE, 7, 8, false",
        "GONE, 7, 7, false",
        "STALE, 7, 7, false",
        "LEASED, 7, 7, false",
        "OPAQUE, 7, 7, false",
    })
    void revalidates(Freshness freshness, long entryToken, long recordToken, boolean expected) {
        assertThat(rules.revalidates(freshness, entryToken, recordToken)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // stamp, floor, now, freshUntil
        "10, 10, 5, 6, true",
        "10, 11, 5, 6, false",
        "10, 10, 6, 6, false",
        "11, 10, 7, 6, false",
    })
    void mayReserve(long stamp, long floor, long now, long freshUntil, boolean expected) {
        assertThat(rules.mayReserve(stamp, floor, now, freshUntil)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // kind, stamp, floor, fresh
        "VALUE, 10, 9, 1, USABLE",
        "VALUE, 10, 10, 1, USABLE",
        "VALUE, 10, 11, 1, GONE",
        "VALUE, 10, 10, 0, STALE",
        "VALUE, 10, 10, -1, STALE",
        "VALUE, 10, 11, 0, GONE",
        "LEASE, 10, 10, 0, LEASED",
        "LEASE, 10, 11, 0, GONE",
        "ABSENT, 0, 0, 0, GONE",
        "OPAQUE, 0, 0, 0, OPAQUE",
        "OPAQUE, 0, 11, 0, OPAQUE",
        "TOMBSTONE, 10, 10, 0, GONE",
        "QUARANTINE, 10, 11, 0, QUARANTINED",
    })
    void freshness(RemoteRecord.Kind kind, long stamp, long floor, long freshMillis, Freshness expected) {
        assertThat(rules.freshness(kind, stamp, floor, freshMillis)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // entry's generation of the tag partition, its generation, superseded
        "3, 3, false, true",
        "3, 3, true, false",
        "2, 3, false, false",
        "4, 3, false, false",
    })
    void mayServeTagged(long entryGeneration, long tagGeneration, boolean superseded, boolean expected) {
        assertThat(rules.mayServeTagged(entryGeneration, tagGeneration, superseded))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // stamp and token, twice
        "5, 1, 5, 1, true",
        "5, 1, 5, 2, false",
        "5, 1, 6, 1, false",
    })
    void sameVersion(long stamp, long token, long otherStamp, long otherToken, boolean expected) {
        assertThat(rules.sameVersion(stamp, token, otherStamp, otherToken)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"5, 4, true", "5, 5, false", "5, 6, false"})
    void supersedes(long stamp, long knownStamp, boolean expected) {
        assertThat(rules.supersedes(stamp, knownStamp)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // stamp of the reply, highest stamp met, generation at the question, now
        "5, 5, 3, 3, true",
        "6, 5, 3, 3, true",
        "4, 5, 3, 3, false",
        "6, 5, 2, 3, false",
    })
    void mayKnow(long stamp, long highest, long noted, long generation, boolean expected) {
        assertThat(rules.mayKnow(stamp, highest, noted, generation)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // version, clock before the origin was asked
        "4, 5, true",
        "5, 5, true",
        "6, 5, false",
        "1, 0, false",
    })
    void mayEmbed(long stamp, long clockBefore, boolean expected) {
        assertThat(rules.mayEmbed(stamp, clockBefore)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // flight's generation of the tag partition, its generation, events then and now
        "3, 3, 7, 7, true",
        "3, 3, 7, 8, false",
        "3, 4, 7, 7, false",
    })
    void mayJoinUntagged(long flight, long now, long events, long eventsNow, boolean expected) {
        assertThat(rules.mayJoinUntagged(flight, now, events, eventsNow)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // version, least
        "0, 0, false",
        "0, 5, false",
        "4, 5, true",
        "5, 5, false",
        "6, 5, false",
        "5, 0, false",
        // Unsigned, beyond what a double tells apart
        "9007199254740992, 9007199254740993, true",
        "-1, 5, false",
        "5, -1, true",
        "-2, -1, true",
    })
    void tooOld(long version, long least, boolean expected) {
        assertThat(rules.tooOld(version, least)).isEqualTo(expected);
    }
}
