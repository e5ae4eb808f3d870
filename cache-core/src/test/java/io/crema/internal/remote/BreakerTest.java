package io.crema.internal.remote;

import static io.crema.event.CacheEvent.BreakerChanged.State.CLOSED;
import static io.crema.event.CacheEvent.BreakerChanged.State.HALF_OPEN;
import static io.crema.event.CacheEvent.BreakerChanged.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.event.CacheEvent.BreakerChanged.State;
import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.CircuitBreaker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every change of state, and what is counted in each. */
class BreakerTest {

    private static final long SLOW = Duration.ofMillis(100).toNanos();
    private static final long OPEN_FOR = Duration.ofSeconds(1).toNanos();
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();

    private static final CircuitBreaker POLICY = CircuitBreaker.standard()
            .failureRatio(0.5)
            .slowCall(Duration.ofNanos(SLOW))
            .window(Duration.ofNanos(WINDOW))
            .minimumCalls(4)
            .openFor(Duration.ofNanos(OPEN_FOR))
            .probes(2);

    private final Throwable down = new IOException("down");

    private record Change(State from, State to, @Nullable Throwable lastFailure) {}

    private final HandMovedTicker ticker = new HandMovedTicker(0);
    private final List<Change> changes = new ArrayList<>();
    private final Breaker breaker = breaker(POLICY);

    private Breaker breaker(CircuitBreaker policy) {
        Breaker made =
                new Breaker(policy, new InstanceClock(ticker), "redis-1", failure -> failure instanceof IOException);
        made.onChange((from, to, lastFailure) -> changes.add(new Change(from, to, lastFailure)));
        return made;
    }

    /** One that is under way. */
    private final class Operation {

        private final BreakerState admittedBy = Objects.requireNonNull(breaker.admit());
        private final long began = breaker.now();

        void end(@Nullable Throwable failure) {
            breaker.ended(admittedBy, began, failure);
        }
    }

    private void succeed(int times) {
        for (int i = 0; i < times; i++) {
            new Operation().end(null);
        }
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            new Operation().end(down);
        }
    }

    private void open() {
        fail(4);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    private void halfOpen() {
        open();
        ticker.jump(OPEN_FOR);
    }

    // Closed

    @Test
    void closed_tooFewCalls_staysClosed() {
        fail(3);
        assertThat(breaker.state()).isEqualTo(CLOSED);
        assertThat(breaker.admit()).isNotNull();
        fail(1);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void closed_shareBelowTheRatio_staysClosed_andAtItOpens() {
        succeed(5);
        fail(4);
        assertThat(breaker.state()).isEqualTo(CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(OPEN);
        assertThat(changes).containsExactly(new Change(CLOSED, OPEN, down));
    }

    @Test
    void closed_successes_neverOpen() {
        fail(3);
        succeed(1);
        assertThat(breaker.state())
                .as("three of four failed, but the last went well")
                .isEqualTo(CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void closed_ratioOfOne_opensOnlyIfAllFail() {
        Breaker strict = breaker(POLICY.failureRatio(1));
        strict.ended(Objects.requireNonNull(strict.admit()), 1, null);
        for (int i = 0; i < 100; i++) {
            strict.ended(Objects.requireNonNull(strict.admit()), 1, down);
        }
        assertThat(strict.state()).isEqualTo(CLOSED);
        ticker.jump(WINDOW);
        for (int i = 0; i < 4; i++) {
            strict.ended(Objects.requireNonNull(strict.admit()), strict.now(), down);
        }
        assertThat(strict.state()).isEqualTo(OPEN);
    }

    @Test
    void closed_failuresThatAreOld_doNotCount() {
        fail(3);
        ticker.jump(WINDOW);
        fail(3);
        assertThat(breaker.state()).isEqualTo(CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void closed_answersThatAreSlow_countAsFailures() {
        for (int i = 0; i < 4; i++) {
            Operation justInTime = new Operation();
            ticker.jump(SLOW);
            justInTime.end(null);
        }
        assertThat(breaker.state()).isEqualTo(CLOSED);
        for (int i = 0; i < 4; i++) {
            Operation slow = new Operation();
            ticker.jump(SLOW + 1);
            slow.end(null);
        }
        assertThat(breaker.state()).isEqualTo(OPEN);
        assertThat(changes)
                .singleElement()
                .satisfies(change -> assertThat(change.lastFailure())
                        .isInstanceOf(TimeoutException.class)
                        .hasMessage("an answer took longer than PT0.1S"));
    }

    @Test
    void closed_slowAtTheSameTime_countOnce() {
        for (int burst = 1; burst <= 4; burst++) {
            assertThat(breaker.state()).as("before burst %d", burst).isEqualTo(CLOSED);
            List<Operation> together =
                    IntStream.range(0, 100).mapToObj(i -> new Operation()).toList();
            ticker.jump(SLOW);
            Operation overlapping = new Operation();
            ticker.jump(1);
            together.forEach(one -> one.end(null));
            ticker.jump(SLOW);
            overlapping.end(null);
        }
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void closed_failuresThatAreNoOutage_countAsAnswers() {
        for (int i = 0; i < 100; i++) {
            new Operation().end(new IllegalStateException("not this key"));
        }
        assertThat(breaker.state()).isEqualTo(CLOSED);
        fail(99);
        assertThat(breaker.state()).isEqualTo(CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void closed_refusedSlowly_countsAsSlow() {
        for (int i = 0; i < 4; i++) {
            Operation slow = new Operation();
            ticker.jump(SLOW + 1);
            slow.end(new IllegalStateException("not this key"));
        }
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void off_neverOpens() {
        Breaker off = breaker(CircuitBreaker.off());
        for (int i = 0; i < 100_000; i++) {
            off.ended(Objects.requireNonNull(off.admit()), off.now(), down);
        }
        assertThat(off.state()).isEqualTo(CLOSED);
    }

    // Open

    @Test
    void open_refusesEverything_untilItsTimeIsOver() {
        open();
        for (int i = 0; i < 100; i++) {
            assertThat(breaker.admit()).isNull();
        }
        ticker.jump(OPEN_FOR - 1);
        assertThat(breaker.admit()).isNull();
        assertThat(breaker.state()).isEqualTo(OPEN);
        ticker.jump(1);
        assertThat(breaker.admit()).isNotNull();
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void refusal_saysWhy_withoutATraceOfItsOwn_andIsMadeOnce() {
        open();
        RefusedException refusal = breaker.refusal();
        assertThat(refusal)
                .hasMessage("the circuit breaker of redis-1 is open, because too many operations failed or were slow,"
                        + " the last: java.io.IOException: down")
                .hasCause(down);
        assertThat(refusal.getStackTrace()).isEmpty();
        assertThat(breaker.refusal()).isSameAs(refusal);
        assertThatThrownBy(() -> breaker(POLICY).refusal()).isInstanceOf(NullPointerException.class);
    }

    @Test
    void open_whatBeganBefore_meansNothing() {
        Operation well = new Operation();
        Operation ill = new Operation();
        open();
        well.end(null);
        ill.end(down);
        assertThat(changes).hasSize(1);
        ticker.jump(OPEN_FOR);
        Operation probe = new Operation();
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        probe.end(down);
        assertThat(changes).hasSize(3);
    }

    // Half open

    @Test
    void halfOpen_letsOnlyTheProbesThrough() {
        halfOpen();
        Operation first = new Operation();
        Operation second = new Operation();
        assertThat(breaker.admit()).isNull();
        first.end(null);
        assertThat(breaker.admit()).as("a probe that went well makes no room").isNull();
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        second.end(null);
        assertThat(breaker.state()).isEqualTo(CLOSED);
        assertThat(changes)
                .containsExactly(
                        new Change(CLOSED, OPEN, down),
                        new Change(OPEN, HALF_OPEN, null),
                        new Change(HALF_OPEN, CLOSED, null));
    }

    @Test
    void halfOpen_closed_remembersNothing() {
        halfOpen();
        succeed(2);
        fail(3);
        assertThat(breaker.state()).isEqualTo(CLOSED);
        fail(1);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void halfOpen_oneProbeFails_opensAtOnce_andTheOtherMeansNothing() {
        halfOpen();
        Operation first = new Operation();
        Operation second = new Operation();
        first.end(down);
        assertThat(breaker.state()).isEqualTo(OPEN);
        ticker.jump(2 * OPEN_FOR);
        Operation third = new Operation();
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        second.end(null);
        third.end(null);
        assertThat(breaker.state())
                .as("one probe of this time is still to come")
                .isEqualTo(HALF_OPEN);
        succeed(1);
        assertThat(breaker.state()).isEqualTo(CLOSED);
    }

    @Test
    void halfOpen_failureOfAnEarlierTime_doesNotOpen() {
        Operation earlier = new Operation();
        halfOpen();
        Operation probe = new Operation();
        earlier.end(down);
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        probe.end(null);
        succeed(1);
        assertThat(breaker.state()).isEqualTo(CLOSED);
    }

    @Test
    void halfOpen_probeAnsweredLate_opens() {
        halfOpen();
        Operation slow = new Operation();
        ticker.jump(SLOW + 1);
        slow.end(null);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void halfOpen_probeRefusedByAServerThatIsWell_succeeds() {
        halfOpen();
        new Operation().end(new IllegalStateException("not this key"));
        new Operation().end(new IllegalStateException("not this key"));
        assertThat(breaker.state()).isEqualTo(CLOSED);
    }

    @Test
    void openedAgain_staysOpenForTwiceAsLong_upToFourTimes() {
        open();
        for (int times : new int[] {1, 2, 4, 4, 4}) {
            ticker.jump(times * OPEN_FOR - 1);
            assertThat(breaker.admit()).as("%d times", times).isNull();
            ticker.jump(1);
            fail(1);
            assertThat(breaker.state()).isEqualTo(OPEN);
        }
        ticker.jump(4 * OPEN_FOR);
        succeed(2);
        open();
        ticker.jump(OPEN_FOR);
        assertThat(breaker.admit())
                .as("closed in between: the first time again")
                .isNotNull();
    }

    @Test
    void refusal_ofALaterTime_namesItsFailure() {
        halfOpen();
        IOException later = new IOException("still down");
        new Operation().end(later);
        assertThat(breaker.refusal()).hasCause(later);
    }

    // End

    @Test
    void end_nothingChangesAnyMore() {
        breaker.end();
        fail(100);
        assertThat(breaker.state()).isEqualTo(CLOSED);
        assertThat(changes).isEmpty();
    }

    @Test
    void end_whileOpen_refusesOn() {
        open();
        breaker.end();
        ticker.jump(OPEN_FOR);
        assertThat(breaker.admit()).isNull();
        assertThat(changes).hasSize(1);
    }

    @Test
    void admitAlways_answeredWhileOpen_isTriedAtOnce() {
        open();
        BreakerState insisting = Objects.requireNonNull(breaker.admitAlways());
        breaker.ended(insisting, breaker.now(), down);
        assertThat(breaker.state()).isEqualTo(OPEN);

        breaker.ended(insisting, breaker.now(), null);

        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        succeed(2);
        assertThat(breaker.state()).isEqualTo(CLOSED);
    }

    @Test
    void admitAlways_answeredSlowlyWhileOpen_changesNothing() {
        open();
        BreakerState insisting = Objects.requireNonNull(breaker.admitAlways());
        long began = breaker.now();
        ticker.jump(SLOW + 1);
        breaker.ended(insisting, began, null);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    @Test
    void admitAlways_afterTheLastProbe_isNotCounted() {
        open();
        ticker.jump(OPEN_FOR);
        Operation first = new Operation();
        Operation second = new Operation();
        assertThat(breaker.admitAlways()).isNull();
        breaker.ended(null, breaker.now(), null);
        first.end(null);
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        second.end(null);
        assertThat(breaker.state()).isEqualTo(CLOSED);
    }
}
