package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.Partition;
import io.crema.internal.entry.NearEntry;
import io.crema.policy.Backoff;
import io.crema.policy.Bulkhead;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which policies of loading do not fit together. */
class LoadingTest {

    private static final Expiration MINUTE = Expiration.fresh(Duration.ofMinutes(1));

    private static final LoadTimeouts SOFT = LoadTimeouts.soft(Duration.ofMillis(50));

    @Test
    void defaults_andEverythingSet_areFine() {
        assertThat(Loading.DEFAULTS.faults(MINUTE)).isEmpty();
        assertThat(Loading.DEFAULTS
                        .staleOnError(StaleOnError.upTo(Duration.ofHours(1)))
                        .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(10)))
                        .refreshAhead(RefreshAhead.at(0.8).beta(1))
                        .timeouts(SOFT.hard(Duration.ofSeconds(2)))
                        .bulkhead(Bulkhead.of(8))
                        .singleFlight(SingleFlight.waitUpTo(Duration.ofSeconds(1)))
                        .failures(FailureCaching.cachedFor(Duration.ofSeconds(1)))
                        .faults(MINUTE))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PT30S, false", "PT1M, false", "PT61S, false", "PT61.001S, true", "PT1H, true"})
    void staleOnError_mustLastBeyondTheTimeToLive_andTheFirstRetry(Duration limit, boolean fits) {
        Loading loading = Loading.DEFAULTS.staleOnError(StaleOnError.upTo(limit));
        assertThat(loading.faults(MINUTE).isEmpty()).isEqualTo(fits);
    }

    @Test
    void staleOnError_notBeyondTheTimeToLive_namesBoth() {
        assertThat(Loading.DEFAULTS
                        .staleOnError(StaleOnError.upTo(Duration.ofMinutes(1)))
                        .faults(MINUTE))
                .containsExactly(
                        "StaleOnError: limit is counted from the load, so it must be longer than the time to live, which is"
                                + " PT1M, but is PT1M");
    }

    @Test
    void staleOnError_whoseRetryOutlivesTheReserve_namesBoth() {
        StaleOnError policy = StaleOnError.upTo(Duration.ofMinutes(3)).retry(Backoff.every(Duration.ofMinutes(2)));
        assertThat(Loading.DEFAULTS.staleOnError(policy).faults(MINUTE))
                .containsExactly("StaleOnError: the first wait of retry must be shorter than the time that a value is a"
                        + " reserve, which is PT2M from the time to live to the limit, but is PT2M");
        assertThat(Loading.DEFAULTS
                        .staleOnError(policy.retry(Backoff.doubling(Duration.ofMinutes(1), Duration.ofHours(1))))
                        .faults(MINUTE))
                .as("later waits may be longer")
                .isEmpty();
    }

    @Test
    void soft_withoutAReserve_isAFault() {
        assertThat(Loading.DEFAULTS.timeouts(SOFT).faults(MINUTE))
                .containsExactly("LoadTimeouts: soft has no effect without a reserve; set staleOnError(..) too");
        assertThat(Loading.DEFAULTS
                        .timeouts(SOFT)
                        .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(10)))
                        .faults(MINUTE))
                .isEmpty();
        assertThat(Loading.DEFAULTS
                        .timeouts(LoadTimeouts.none().hard(Duration.ofSeconds(1)))
                        .faults(MINUTE))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PT2M, true", "PT2M0.001S, false"})
    void staleWhileRevalidate_staysWithinTheAgeThatStaleOnErrorAllows(Duration limit, boolean fits) {
        Loading loading = Loading.DEFAULTS
                .staleOnError(StaleOnError.upTo(Duration.ofMinutes(3)))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(limit));
        if (fits) {
            assertThat(loading.faults(MINUTE)).isEmpty();
        } else {
            assertThat(loading.faults(MINUTE))
                    .containsExactly("StaleWhileRevalidate: limit after the time to live must not reach beyond the"
                            + " greatest age that StaleOnError allows, which is PT3M, but ends at PT3M0.001S");
        }
    }

    @Test
    void faultsOfEach_areAllReported_whateverTheirSize() {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        assertThat(Loading.DEFAULTS
                        .staleOnError(StaleOnError.upTo(endless).retryEvery(endless))
                        .staleWhileRevalidate(StaleWhileRevalidate.upTo(endless))
                        .refreshAhead(RefreshAhead.at(0))
                        .timeouts(LoadTimeouts.soft(endless).hard(Duration.ZERO))
                        .bulkhead(Bulkhead.of(0))
                        .singleFlight(SingleFlight.waitUpTo(Duration.ZERO))
                        .failures(FailureCaching.cachedFor(Duration.ZERO))
                        .faults(Expiration.fresh(endless)))
                .extracting(fault -> fault.substring(0, fault.indexOf(':')))
                .containsExactly(
                        "StaleOnError",
                        "StaleOnError, Backoff",
                        "StaleOnError, Backoff",
                        "StaleWhileRevalidate",
                        "RefreshAhead",
                        "LoadTimeouts",
                        "LoadTimeouts",
                        "LoadTimeouts",
                        "Bulkhead",
                        "SingleFlight",
                        "FailureCaching");
    }

    @Test
    void freshnessWithAFault_isNotComparedWith() {
        assertThat(Loading.DEFAULTS
                        .staleOnError(StaleOnError.upTo(Duration.ofMinutes(1)))
                        .faults(Expiration.fresh(Duration.ofSeconds(Long.MAX_VALUE))))
                .isEmpty();
    }

    @Test
    void whatDoesNotFit_isReportedBesideOtherFaults() {
        assertThat(Loading.DEFAULTS
                        .staleOnError(StaleOnError.upTo(Duration.ofSeconds(30)))
                        .bulkhead(Bulkhead.of(0))
                        .faults(MINUTE))
                .containsExactly(
                        "Bulkhead: loads must be at least 1, but is 0",
                        "StaleOnError: limit is counted from the load, so it must be longer than the time to live, which is"
                                + " PT1M, but is PT30S");
    }

    /** Loaded at 0 and fresh until 100. */
    private static NearEntry<String> entry(long refreshAt) {
        CoherenceRules rules = new CoherenceRules();
        return new NearEntry<>("v", new Partition(0, rules), 0, 100, 1, 1, 1, 0, 0, 100, 1).kept(100, refreshAt);
    }

    @Test
    void urgentFrom_isHalfOfTheTimeInWhichReadersNeedNotWait() {
        StaleWhileRevalidate revalidate = StaleWhileRevalidate.upTo(Duration.ofNanos(60));
        assertThat(Loading.DEFAULTS.staleWhileRevalidate(revalidate).urgentFrom(entry(Long.MAX_VALUE)))
                .isEqualTo(130);
        assertThat(Loading.DEFAULTS.refreshAhead(RefreshAhead.at(0.8)).urgentFrom(entry(80)))
                .isEqualTo(90);
        assertThat(Loading.DEFAULTS.refreshAhead(RefreshAhead.probabilistic()).urgentFrom(entry(40)))
                .isEqualTo(70);
        assertThat(Loading.DEFAULTS
                        .refreshAhead(RefreshAhead.at(0.8))
                        .staleWhileRevalidate(revalidate)
                        .urgentFrom(entry(80)))
                .isEqualTo(120);
    }
}
