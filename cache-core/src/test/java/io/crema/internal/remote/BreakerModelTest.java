package io.crema.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.event.CacheEvent.BreakerChanged.State;
import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.CircuitBreaker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The breaker against one written down plainly, and by many threads at once. */
class BreakerModelTest {

    private static final CircuitBreaker POLICY = CircuitBreaker.standard()
            .failureRatio(0.4)
            .slowCall(Duration.ofNanos(50))
            .window(Duration.ofNanos(1_000))
            .minimumCalls(8)
            .openFor(Duration.ofNanos(300))
            .probes(3);

    private final IOException down = new IOException("down");

    /** As the policy says, by lists and numbers. */
    private static final class Model {

        private final List<long[]> ended = new ArrayList<>();
        private State state = State.CLOSED;
        private int stay;
        private int timesOpened;
        private long openUntil;
        private int probesBegun;
        private int probesSucceeded;
        private long lastSlow;

        /** The stay that admits; -1 = refused. */
        int admit(long now) {
            if (state == State.OPEN && now >= openUntil) {
                state = State.HALF_OPEN;
                stay++;
                probesBegun = 0;
                probesSucceeded = 0;
            }
            boolean admitted = state == State.CLOSED || state == State.HALF_OPEN && probesBegun++ < POLICY.probes();
            return admitted ? stay : -1;
        }

        void ended(int admittedBy, long began, long now, boolean ill) {
            boolean failed = ill || now - began > 50;
            if (admittedBy != stay) {
                return;
            }
            if (state == State.HALF_OPEN) {
                if (failed) {
                    open(now, timesOpened + 1);
                } else if (++probesSucceeded == POLICY.probes()) {
                    state = State.CLOSED;
                    stay++;
                    ended.clear();
                    lastSlow = 0;
                }
                return;
            }
            if (failed && !ill) {
                if (began < lastSlow) {
                    return;
                }
                lastSlow = now;
            }
            ended.add(new long[] {now / 100, failed ? 1 : 0});
            ended.removeIf(one -> one[0] < now / 100 - 9);
            long failures = ended.stream().mapToLong(one -> one[1]).sum();
            if (failed && ended.size() >= POLICY.minimumCalls() && failures >= POLICY.failureRatio() * ended.size()) {
                open(now, 1);
            }
        }

        private void open(long now, int times) {
            state = State.OPEN;
            stay++;
            timesOpened = times;
            openUntil = now + 300L * Math.min(4, 1L << (times - 1));
        }
    }

    private record UnderWay(@Nullable BreakerState admittedBy, int byTheModel, long began) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyCourse_isThatOfTheModel(long seed) {
        Random random = new Random(seed);
        HandMovedTicker ticker = new HandMovedTicker(random.nextLong());
        Breaker breaker = new Breaker(POLICY, new InstanceClock(ticker), "tier", failure -> failure == down);
        Model model = new Model();
        List<UnderWay> underWay = new ArrayList<>();
        Set<State> seen = EnumSet.noneOf(State.class);
        double illness = 0;
        for (int step = 0; step < 20_000; step++) {
            String where = "step " + step + " of seed " + seed;
            if (random.nextInt(200) == 0) {
                illness = random.nextInt(3) == 0 ? random.nextDouble() : 0;
            }
            ticker.jump(random.nextInt(100) == 0 ? random.nextInt(2_000) : random.nextInt(8));
            long now = breaker.now();
            if (random.nextInt(2) == 0) {
                BreakerState admitted = breaker.admit();
                int expected = model.admit(now);
                assertThat(admitted != null).as(where).isEqualTo(expected >= 0);
                if (admitted != null) {
                    underWay.add(new UnderWay(admitted, expected, now));
                }
            } else if (!underWay.isEmpty()) {
                UnderWay one = underWay.remove(random.nextInt(underWay.size()));
                boolean ill = random.nextDouble() < illness;
                Throwable failure = ill ? down : random.nextInt(5) == 0 ? new IOException("an answer") : null;
                breaker.ended(one.admittedBy(), one.began(), failure);
                model.ended(one.byTheModel(), one.began(), now, ill);
            }
            assertThat(breaker.state()).as(where).isEqualTo(model.state);
            seen.add(breaker.state());
        }
        assertThat(seen).containsExactlyInAnyOrder(State.values());
    }

    /** Whatever a storm leaves behind, no probe is missing afterwards. */
    @Test
    void manyThreads_neverMoreProbesThanAllowed_andAllOfThemComeBack() {
        AtomicLong nanos = new AtomicLong();
        Breaker breaker = new Breaker(POLICY, new InstanceClock(new SharedTicker(nanos)), "tier", failure -> true);
        AtomicInteger outOfOrder = new AtomicInteger();
        ConcurrentLinkedQueue<State> states = new ConcurrentLinkedQueue<>(List.of(State.CLOSED));
        State[] last = {State.CLOSED};
        breaker.onChange((from, to, failure) -> {
            outOfOrder.addAndGet(from == last[0] ? 0 : 1);
            last[0] = to;
            states.add(to);
        });
        List<CompletableFuture<Integer>> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Random random = new Random(t);
            threads.add(CompletableFuture.supplyAsync(() -> storm(breaker, nanos, random)));
        }
        int probes = threads.stream().mapToInt(CompletableFuture::join).sum();
        assertThat(outOfOrder).hasValue(0);
        assertThat(states).contains(State.OPEN, State.HALF_OPEN);
        long timesHalfOpen =
                states.stream().filter(state -> state == State.HALF_OPEN).count();
        assertThat((long) probes).isLessThanOrEqualTo(timesHalfOpen * POLICY.probes());

        while (breaker.state() != State.CLOSED) {
            nanos.addAndGet(2_000);
            BreakerState admitted = breaker.admit();
            assertThat(admitted).as("in state %s", breaker.state()).isNotNull();
            breaker.ended(admitted, breaker.now(), null);
        }
    }

    /** Gives how many of its operations were probes. */
    private int storm(Breaker breaker, AtomicLong nanos, Random random) {
        int probes = 0;
        for (int i = 0; i < 50_000; i++) {
            nanos.addAndGet(random.nextInt(3));
            BreakerState admitted = breaker.admit();
            if (admitted != null) {
                probes += admitted.name() == State.HALF_OPEN ? 1 : 0;
                boolean well = admitted.name() == State.HALF_OPEN ? random.nextInt(4) > 0 : random.nextBoolean();
                breaker.ended(admitted, breaker.now(), well ? null : down);
            }
        }
        return probes;
    }
}
