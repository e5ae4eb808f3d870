package io.crema.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policies of loading: what each takes, and what it says of the rest. */
class LoadPoliciesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Backoff BAD_BACKOFF = Backoff.every(Duration.ZERO);

    @Test
    void timesOfOneValue_outOfRange_areFaults() {
        BadTimes.check("StaleOnError: limit", StaleOnError::upTo);
        BadTimes.check("StaleWhileRevalidate: limit", StaleWhileRevalidate::upTo);
        BadTimes.check("FailureCaching: time", FailureCaching::cachedFor);
        BadTimes.check("SingleFlight: waitLimit", SingleFlight::waitUpTo);
        BadTimes.check("LoadTimeouts: soft", LoadTimeouts::soft);
        BadTimes.check("LoadTimeouts: hard", LoadTimeouts.none()::hard);
    }

    @Test
    void off_andNone_areFine() {
        assertThat(FailureCaching.off().faults()).isEmpty();
        assertThat(FailureCaching.off().time()).isNull();
        assertThat(LoadTimeouts.none().faults()).isEmpty();
        assertThat(LoadTimeouts.none()).isEqualTo(new LoadTimeouts(null, null));
        assertThat(Bulkhead.unlimited().faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PT1S, PT2S, true", "PT1S, PT1.000000001S, true", "PT1S, PT1S, false", "PT2S, PT1S, false"})
    void soft_mustBeShorterThanHard(Duration soft, Duration hard, boolean fits) {
        LoadTimeouts timeouts = LoadTimeouts.soft(soft).hard(hard);
        if (fits) {
            assertThat(timeouts.faults()).isEmpty();
        } else {
            assertThat(timeouts.faults())
                    .containsExactly(
                            "LoadTimeouts: soft must be shorter than hard, which is " + hard + ", but is " + soft);
        }
    }

    @Test
    void staleOnError_retriesByDefaultAfterASecond_upToThirty() {
        StaleOnError policy = StaleOnError.upTo(Duration.ofHours(1));
        assertThat(policy.retry()).isEqualTo(Backoff.doubling(SECOND, Duration.ofSeconds(30)));
        assertThat(policy.retryEvery(Duration.ofSeconds(10)).retry()).isEqualTo(Backoff.every(Duration.ofSeconds(10)));
        assertThat(policy.retryEvery(SECOND).limit()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void faultsOfAPart_nameBoth() {
        assertThat(StaleOnError.upTo(SECOND).retry(BAD_BACKOFF).faults())
                .containsExactly(
                        "StaleOnError, Backoff: first must be from 1 ms to 36500 days, but is PT0S",
                        "StaleOnError, Backoff: longest must be from 1 ms to 36500 days, but is PT0S");
        assertThat(RefreshAhead.at(0.5).retry(BAD_BACKOFF).faults())
                .hasSize(2)
                .allMatch(fault -> fault.startsWith("RefreshAhead, Backoff: "));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, -0.0, 1, 1.01, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void fraction_outOfRange_isAFault(double fraction) {
        assertThat(RefreshAhead.at(fraction).faults())
                .containsExactly("RefreshAhead: fraction must be above 0 and below 1, or 1 with a beta above 0, but is "
                        + fraction);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.MIN_VALUE, 0.5, 0.999})
    void fraction_inRange_isFine(double fraction) {
        assertThat(RefreshAhead.at(fraction).faults()).isEmpty();
        assertThat(RefreshAhead.at(fraction).beta(1).faults()).isEmpty();
    }

    @Test
    void probabilistic_hasTheFractionOne_andNeedsItsFactor() {
        assertThat(RefreshAhead.probabilistic().fraction()).isEqualTo(1);
        assertThat(RefreshAhead.probabilistic().beta()).isEqualTo(1);
        assertThat(RefreshAhead.probabilistic().faults()).isEmpty();
        assertThat(RefreshAhead.probabilistic().beta(0).faults()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 100.01, Double.NaN, Double.POSITIVE_INFINITY})
    void beta_outOfRange_isAFault(double beta) {
        assertThat(RefreshAhead.at(0.5).beta(beta).faults())
                .containsExactly("RefreshAhead: beta must be from 0 to 100, but is " + beta);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, ''",
        "64, 2147483647, ''",
        "0, 0, loads",
        "-1, 5, loads",
        "-2147483648, 0, loads",
        "1, -1, queue",
    })
    void bulkhead_takesAtLeastOneLoad_andNoNegativeQueue(int loads, int queue, String faulty) {
        Bulkhead bulkhead = Bulkhead.of(1).queue(0);
        assertThat(bulkhead.queue()).isZero();
        String least = faulty.equals("loads") ? "be at least 1, but is " + loads : "not be negative, but is " + queue;
        assertThat(new Bulkhead(loads, queue).faults())
                .isEqualTo(faulty.isEmpty() ? List.of() : List.of("Bulkhead: " + faulty + " must " + least));
    }

    @ParameterizedTest
    @CsvSource({"1, 16", "64, 1024", "134217728, 2147483647", "2147483647, 2147483647", "0, 0", "-2147483648, 0"})
    void bulkheadOf_queuesSixteenTimesAsMany(int loads, int queue) {
        assertThat(Bulkhead.of(loads).queue()).isEqualTo(queue);
        assertThat(Bulkhead.of(loads).faults()).hasSize(loads < 1 ? 1 : 0);
    }

    @Test
    void null_namesTheParameter() {
        Map<String, ThrowingCallable> calls = Map.of(
                "soft", () -> LoadTimeouts.soft(null),
                "hard", () -> LoadTimeouts.none().hard(null),
                "time", () -> FailureCaching.cachedFor(null),
                "waitLimit", () -> SingleFlight.waitUpTo(null),
                "retry", () -> StaleOnError.upTo(SECOND).retry(null),
                "limit", () -> StaleOnError.upTo(null));
        calls.forEach((name, call) -> assertThatThrownBy(call)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name));
        assertThatThrownBy(() -> StaleWhileRevalidate.upTo(null)).hasMessage("limit");
        assertThatThrownBy(() -> RefreshAhead.at(0.5).retry(null)).hasMessage("retry");
    }
}
