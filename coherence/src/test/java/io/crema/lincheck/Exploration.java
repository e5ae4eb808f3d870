package io.crema.lincheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.lincheck.Broken.Mistake;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario under Lincheck's model checker. At each access to shared memory, those inside Caffeine and
 * {@code ConcurrentHashMap} included, that decides which thread goes on: first come the interleavings with one switch, then
 * those with two, and so on. Memory is sequentially consistent; what weaker orders allow is not explored.
 */
final class Exploration {

    /** How a race came out; each scenario knows two. */
    enum Outcome {
        /** The reader was first. */
        EARLY(0),
        /** It came after what it raced with. */
        LATE(1);

        private final int index;

        Outcome(int index) {
            this.index = index;
        }
    }

    private static final int MOST_ATTEMPTS = 5;

    private final int interleavings;

    /** By outcome. Not on the heap, for Lincheck puts that back after each run. */
    private final LongBuffer counts =
            ByteBuffer.allocateDirect(Long.BYTES * Outcome.values().length).asLongBuffer();

    private Exploration(int interleavings) {
        this.interleavings = interleavings;
    }

    /** Ten times and more what it takes to find the mistakes that are tried with it. */
    static Exploration brief() {
        return new Exploration(150);
    }

    static Exploration thorough() {
        return new Exploration(2_000);
    }

    /** Nothing wrong is found, in that many different interleavings, and either outcome is: it was a race. */
    void findsNothing(Scenario scenario, Mistake mistake) {
        long start = System.nanoTime();
        explore(scenario, mistake);
        report(scenario, mistake, start);
        assertThat(counts.get(Outcome.EARLY.index)).isPositive();
        assertThat(counts.get(Outcome.LATE.index)).isPositive();
        assertThat(counted()).isGreaterThanOrEqualTo(interleavings);
    }

    /** Something stale was served. */
    void findsStale(Scenario scenario, Mistake mistake) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> explore(scenario, mistake))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining(Scenario.STALE);
        report(scenario, mistake, start);
    }

    private void explore(Scenario scenario, Mistake mistake) {
        for (int attempt = 1; ; attempt++) {
            try {
                Lincheck.runConcurrentTest(
                        interleavings, () -> count(Scenario.run(scenario, Broken.instance(mistake))));
                return;
            } catch (LincheckAssertionError e) {
                if (attempt == MOST_ATTEMPTS || !ranOutOfTime(e)) {
                    throw e;
                }
            }
        }
    }

    /**
     * A run may take 30 seconds by the clock, the first one included, in which all classes are instrumented; on a machine
     * that has other things to do that is no verdict. What really hangs, Lincheck tells by the interleaving.
     */
    private static boolean ranOutOfTime(LincheckAssertionError e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("has hung") && !message.contains("The following interleaving");
    }

    private void count(Outcome outcome) {
        int index = outcome.index;
        counts.put(index, counts.get(index) + 1);
    }

    private long counted() {
        return counts.get(Outcome.EARLY.index) + counts.get(Outcome.LATE.index);
    }

    private void report(Scenario scenario, Mistake mistake, long start) {
        System.out.printf(
                "%s, %s: %d interleavings without a finding, %d of them early, %.1f s%n",
                scenario, mistake, counted(), counts.get(Outcome.EARLY.index), (System.nanoTime() - start) / 1e9);
    }

    /** One of the threads that race. */
    abstract static class Racer implements Runnable {

        private @Nullable Throwable failure;

        abstract void race();

        @Override
        public final void run() {
            try {
                race();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }
    }

    /**
     * Lincheck interleaves only what more than one thread can reach, and overlooks, from JDK 19 on, what leads there through
     * the fields of a thread. A static field it never overlooks.
     */
    @SuppressWarnings("unused")
    private static volatile Racer @Nullable [] published;

    /** Runs them at once, and waits. */
    static void race(Racer... racers) {
        published = racers;
        Thread[] threads = new Thread[racers.length];
        for (int i = 0; i < racers.length; i++) {
            threads[i] = new Thread(racers[i]);
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (int i = 0; i < racers.length; i++) {
            try {
                threads[i].join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (racers[i].failure != null) {
                throw new IllegalStateException("racer " + i + " failed", racers[i].failure);
            }
        }
    }
}
