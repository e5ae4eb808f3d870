package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.policy.Bulkhead;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LoadGateTest {

    private final List<String> admitted = new ArrayList<>();
    private final LoadGate gate = new LoadGate(Bulkhead.of(2).queue(3));

    private LoadGate.Place enter(String name) {
        return gate.enter(place -> admitted.add(name));
    }

    @Test
    void enter_placesFree_runsBeforeItReturns() {
        enter("a");
        enter("b");

        assertThat(admitted).containsExactly("a", "b");
        assertThat(gate.running()).isEqualTo(2);
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void enter_noPlaceFree_waitsUntilOneLeavesInOrder() {
        LoadGate.Place a = enter("a");
        LoadGate.Place b = enter("b");
        enter("c");
        enter("d");
        assertThat(admitted).containsExactly("a", "b");
        assertThat(gate.waiting()).isEqualTo(2);

        b.leave();
        assertThat(admitted).containsExactly("a", "b", "c");
        a.leave();
        assertThat(admitted).containsExactly("a", "b", "c", "d");
        assertThat(gate.running()).isEqualTo(2);
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void enter_queueFull_isNullAndRunsNothing() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            assertThat(enter(name)).isNotNull();
        }

        assertThat(enter("f")).isNull();

        assertThat(gate.running()).isEqualTo(2);
        assertThat(gate.waiting()).isEqualTo(3);
        assertThat(admitted).containsExactly("a", "b");
    }

    @Test
    void enter_noQueue_refusesWhatWouldWait() {
        LoadGate narrow = new LoadGate(Bulkhead.of(1).queue(0));
        LoadGate.Place only = narrow.enter(ignored -> {});

        assertThat(narrow.enter(ignored -> {})).isNull();
        only.leave();
        assertThat(narrow.enter(ignored -> {})).isNotNull();
    }

    @Test
    void leave_twice_freesOnePlace() {
        LoadGate.Place a = enter("a");
        enter("b");
        enter("c");
        enter("d");

        a.leave();
        a.leave();

        assertThat(admitted).containsExactly("a", "b", "c");
        assertThat(gate.running()).isEqualTo(2);
        assertThat(gate.waiting()).isEqualTo(1);
    }

    @Test
    void leave_whileWaiting_isNeverAdmitted() {
        LoadGate.Place a = enter("a");
        enter("b");
        LoadGate.Place c = enter("c");
        enter("d");

        c.leave();
        assertThat(gate.waiting()).isEqualTo(1);
        a.leave();

        assertThat(admitted).containsExactly("a", "b", "d");
        c.leave();
        assertThat(gate.running()).isEqualTo(2);
    }

    @Test
    void admitted_leavesAtOnce_thousandsDoNotDeepenTheStack() {
        int many = 100_000;
        LoadGate long1 = new LoadGate(Bulkhead.of(1).queue(many));
        LoadGate.Place first = long1.enter(ignored -> {});
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            int number = i;
            long1.enter(place -> {
                order.add(number);
                place.leave();
            });
        }

        first.leave();

        assertThat(order).isEqualTo(IntStream.range(0, many).boxed().toList());
        assertThat(long1.running()).isZero();
        assertThat(long1.waiting()).isZero();
    }

    @Test
    void admitted_placeKnownToIt_isTheOneReturned() {
        List<LoadGate.Place> given = new ArrayList<>();

        LoadGate.Place returned = gate.enter(given::add);

        assertThat(given).containsExactly(returned);
    }

    @Test
    void enter_admittedThrows_placeIsFree() {
        assertThatThrownBy(() -> gate.enter(place -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");

        assertThat(gate.running()).isZero();
    }

    @Test
    void leave_nextOneThrows_othersAreAdmittedAndNothingIsThrown() {
        List<Throwable> uncaught = new ArrayList<>();
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        thread.setUncaughtExceptionHandler((where, failure) -> uncaught.add(failure));
        try {
            LoadGate.Place a = enter("a");
            enter("b");
            gate.enter(place -> {
                throw new IllegalStateException("broken");
            });
            enter("d");

            a.leave();
        } finally {
            thread.setUncaughtExceptionHandler(before);
        }

        assertThat(uncaught).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(admitted).containsExactly("a", "b", "d");
        assertThat(gate.running()).isEqualTo(2);
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void enter_unlimited_neverWaits() {
        LoadGate unlimited = new LoadGate(Bulkhead.unlimited());
        List<LoadGate.Place> places = IntStream.range(0, 1_000)
                .mapToObj(i -> unlimited.enter(ignored -> admitted.add("x")))
                .toList();

        assertThat(admitted).hasSize(1_000);
        places.forEach(LoadGate.Place::leave);
        assertThat(unlimited.waiting()).isZero();
    }

    /**
     * Threads that enter, are admitted here or there, leave at once, later, twice or before their turn. Whatever happens:
     * never more inside than places, everybody admitted or refused or gone, and all places back in the end.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void gate_manyThreads_keepsItsLimitsAndAllPlaces(long seed) throws Exception {
        Random random = new Random(seed);
        int loads = 1 + random.nextInt(4);
        int queue = random.nextInt(20);
        LoadGate shared = new LoadGate(Bulkhead.of(loads).queue(queue));
        Crowd crowd = new Crowd(shared);
        int threads = 6;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<CompletableFuture<Void>> all = IntStream.range(0, threads)
                    .mapToObj(i -> CompletableFuture.runAsync(
                            () -> crowd.comeAndGo(start, new Random(seed * 31 + i)), executor))
                    .toList();
            start.countDown();
            for (CompletableFuture<Void> one : all) {
                one.get(50, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
        crowd.everybodyLeaves();

        assertThat(crowd.mostInside.get()).as("seed %d", seed).isBetween(1, loads);
        assertThat(shared.running()).as("seed %d", seed).isZero();
        assertThat(shared.waiting()).as("seed %d", seed).isZero();
        assertThat(crowd.runs.get() + crowd.refused.get() + crowd.goneEarly.get())
                .as("seed %d: everybody was admitted, refused or left before", seed)
                .isEqualTo(crowd.came.get());
        LoadGate.Place after = shared.enter(ignored -> crowd.runs.incrementAndGet());
        assertThat(after).isNotNull();
    }

    private static final class Crowd {

        private static final int ROUNDS = 4_000;

        private final LoadGate gate;
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger mostInside = new AtomicInteger();
        private final AtomicInteger came = new AtomicInteger();
        private final AtomicInteger runs = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger goneEarly = new AtomicInteger();
        private final ConcurrentLinkedQueue<Visitor> staying = new ConcurrentLinkedQueue<>();

        Crowd(LoadGate gate) {
            this.gate = gate;
        }

        void comeAndGo(CountDownLatch start, Random random) {
            try {
                start.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            for (int round = 0; round < ROUNDS; round++) {
                came.incrementAndGet();
                Visitor visitor = new Visitor(random.nextInt(4) == 0);
                LoadGate.Place place = gate.enter(visitor::admitted);
                if (place == null) {
                    refused.incrementAndGet();
                } else {
                    visitor.place = place;
                    staying.add(visitor);
                }
                // As many leave as come, mostly others.
                Visitor other = random.nextInt(8) == 0 ? visitor : staying.poll();
                if (other != null && other.place != null) {
                    other.leave();
                }
            }
        }

        void everybodyLeaves() {
            for (Visitor visitor = staying.poll(); visitor != null; visitor = staying.poll()) {
                visitor.leave();
            }
        }

        private final class Visitor {

            private static final int ASKED = 0;
            private static final int ADMITTED = 1;
            private static final int LEAVING = 2;
            private static final int COUNTED = 3;

            private final boolean leavesAtOnce;
            private final AtomicInteger state = new AtomicInteger();
            private volatile LoadGate.Place place;

            Visitor(boolean leavesAtOnce) {
                this.leavesAtOnce = leavesAtOnce;
            }

            void admitted(LoadGate.Place mine) {
                runs.incrementAndGet();
                if (!state.compareAndSet(ASKED, ADMITTED)) {
                    // It has asked to leave before, and that came too late: still, it does not stay.
                    goneEarly.decrementAndGet();
                    return;
                }
                mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
                if (leavesAtOnce) {
                    leave(mine);
                }
            }

            void leave() {
                leave(Objects.requireNonNull(place));
            }

            private void leave(LoadGate.Place mine) {
                int before = state.getAndUpdate(now -> now < LEAVING ? LEAVING : now);
                if (before == ASKED) {
                    goneEarly.incrementAndGet();
                } else if (before == ADMITTED) {
                    inside.decrementAndGet();
                } else if (before == LEAVING) {
                    // The place may not be free before the one who leaves is not counted any more.
                    return;
                }
                state.set(COUNTED);
                mine.leave();
                mine.leave();
            }
        }
    }
}
