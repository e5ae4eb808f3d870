package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.event.CacheEvent;
import io.crema.event.CacheEvent.Invalidated;
import io.crema.event.CacheListener;
import io.crema.internal.remote.RareLog;
import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import io.crema.internal.time.Threads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventQueueTest {

    private final HandMovedTicker ticker = new HandMovedTicker(0);
    private final InstanceClock clock = startedClock();

    /** What was given to the executor; it runs when a test says so. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    private final List<Object> told = new ArrayList<>();
    private final LongAdder failures = new LongAdder();

    private InstanceClock startedClock() {
        InstanceClock started = new InstanceClock(ticker);
        started.start();
        return started;
    }

    private EventQueue queue(CacheListener... listeners) {
        return queueOn(tasks::add, listeners);
    }

    private EventQueue queueOn(Executor executor, CacheListener... listeners) {
        RareLog log = new RareLog(System.getLogger("test"), clock);
        return new EventQueue("cache", List.of(listeners), executor, clock, failures, log);
    }

    private static CacheEvent event(Object key) {
        return new Invalidated("cache", key, false);
    }

    private static Object key(CacheEvent event) {
        return ((Invalidated) event).key();
    }

    private void note(CacheEvent event) {
        told.add(key(event));
    }

    private void tick() {
        ticker.jump(InstanceClock.TICK_NANOS);
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void add_manyEvents_areToldInOrderByOneTask() {
        EventQueue queue = queue(this::note);

        IntStream.range(0, 100).forEach(i -> queue.add(event(i)));
        assertThat(tasks).as("nobody is woken by an event itself").isEmpty();
        tick();
        assertThat(tasks).hasSize(1);
        runTasks();

        assertThat(told).isEqualTo(IntStream.range(0, 100).boxed().toList());
        assertThat(tasks).isEmpty();
        assertThat(failures.sum()).isZero();
    }

    @Test
    void add_afterTheTaskEnded_startsAnother() {
        EventQueue queue = queue(this::note);
        queue.add(event("first"));
        tick();
        runTasks();

        queue.add(event("second"));
        tick();
        runTasks();

        assertThat(told).containsExactly("first", "second");
    }

    @Test
    void run_manyEvents_givesTheThreadBackInBetween() {
        EventQueue queue = queue(this::note);
        IntStream.range(0, 1_000).forEach(i -> queue.add(event(i)));
        tick();

        tasks.remove().run();

        assertThat(told).hasSizeLessThan(1_000);
        assertThat(tasks).as("the rest").hasSize(1);
        runTasks();
        assertThat(told).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void run_severalListeners_areToldInTheirOrder() {
        EventQueue queue = queue(event -> told.add("1:" + key(event)), event -> told.add("2:" + key(event)));
        queue.add(event("a"));
        queue.add(event("b"));
        tick();
        runTasks();

        assertThat(told).containsExactly("1:a", "2:a", "1:b", "2:b");
    }

    @Test
    void run_listenerThrows_isCountedAndTheNextListenerAndEventCome() {
        List<Throwable> thrown = List.of(
                new IllegalStateException("own"), new AssertionError(), new StackOverflowError(), new Unprintable());
        EventQueue queue =
                queue(event -> EventQueueTest.<RuntimeException>throwIt(thrown.get((int) key(event))), this::note);

        IntStream.range(0, thrown.size()).forEach(i -> queue.add(event(i)));
        tick();
        runTasks();

        assertThat(told).containsExactly(0, 1, 2, 3);
        assertThat(failures.sum()).isEqualTo(4);
    }

    /** One whose message cannot even be asked for. */
    private static final class Unprintable extends Exception {

        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void throwIt(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void run_listenerMeetsAnErrorOfTheJvm_theThreadSeesItAndNothingIsLost() {
        EventQueue queue = queue(
                event -> {
                    if (key(event).equals("a")) {
                        throw new OutOfMemoryError("of a test");
                    }
                },
                this::note);
        queue.add(event("a"));
        queue.add(event("b"));
        tick();

        assertThatThrownBy(tasks.remove()::run).isInstanceOf(OutOfMemoryError.class);
        runTasks();

        assertThat(told).containsExactly("a", "b");
        assertThat(failures.sum()).isEqualTo(1);
    }

    @Test
    void add_moreThanCanWait_dropsTheNewestAndCountsThem() {
        EventQueue queue = queue(this::note);

        IntStream.range(0, EventQueue.MOST + 7).forEach(i -> queue.add(event(i)));
        assertThat(failures.sum()).isEqualTo(7);
        tick();
        runTasks();

        assertThat(told).isEqualTo(IntStream.range(0, EventQueue.MOST).boxed().toList());
        queue.add(event("after"));
        tick();
        runTasks();
        assertThat(told).last().isEqualTo("after");
        assertThat(failures.sum()).isEqualTo(7);
    }

    @Test
    void add_listenerIsSlow_waitsForNobody() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(50);
        Queue<Object> seen = new ConcurrentLinkedQueue<>();
        ExecutorService executor = Executors.newCachedThreadPool();
        try {
            EventQueue queue = queueOn(executor, event -> {
                entered.countDown();
                awaitUnchecked(leave);
                seen.add(key(event));
                all.countDown();
            });
            queue.add(event(0));
            tick();
            assertThat(entered.await(15, TimeUnit.SECONDS)).isTrue();

            IntStream.range(1, 50).forEach(i -> queue.add(event(i)));
            tick();
            assertThat(seen).isEmpty();
            leave.countDown();

            assertThat(all.await(15, TimeUnit.SECONDS)).isTrue();
            assertThat(List.copyOf(seen))
                    .isEqualTo(IntStream.range(0, 50).boxed().toList());
        } finally {
            leave.countDown();
            executor.shutdownNow();
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void add_manyThreads_listenerIsNeverCalledTwiceAtOnceAndEachThreadsOrderIsKept() throws InterruptedException {
        int threads = 4;
        int each = 2_000;
        CountDownLatch all = new CountDownLatch(threads * each);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        Queue<Object> seen = new ConcurrentLinkedQueue<>();
        ExecutorService executor = Executors.newCachedThreadPool();
        try {
            EventQueue queue = queueOn(executor, event -> {
                if (inside.getAndIncrement() != 0) {
                    overlaps.incrementAndGet();
                }
                seen.add(key(event));
                inside.decrementAndGet();
                all.countDown();
            });
            CountDownLatch done = new CountDownLatch(threads);
            IntStream.range(0, threads)
                    .forEach(thread -> executor.execute(() -> {
                        IntStream.range(0, each).forEach(i -> queue.add(event(List.of(thread, i))));
                        done.countDown();
                    }));
            while (!done.await(1, TimeUnit.MILLISECONDS)) {
                tick();
            }
            tick();
            assertThat(all.await(15, TimeUnit.SECONDS)).isTrue();
        } finally {
            executor.shutdownNow();
        }

        assertThat(overlaps).hasValue(0);
        for (int thread = 0; thread < threads; thread++) {
            int of = thread;
            List<Object> ofOne = seen.stream()
                    .map(key -> (List<?>) key)
                    .filter(key -> key.get(0).equals(of))
                    .<Object>map(key -> key.get(1))
                    .toList();
            assertThat(ofOne).isEqualTo(IntStream.range(0, each).boxed().toList());
        }
    }

    @Test
    void start_executorRejects_dropsWhatWaitsAndTriesAgainWithTheNext() {
        AtomicInteger rejections = new AtomicInteger(1);
        EventQueue queue = queueOn(
                task -> {
                    if (rejections.getAndDecrement() > 0) {
                        throw new RejectedExecutionException("full");
                    }
                    tasks.add(task);
                },
                this::note);
        queue.add(event("a"));
        queue.add(event("b"));

        assertThatCode(this::tick).doesNotThrowAnyException();
        assertThat(failures.sum()).isEqualTo(2);

        queue.add(event("c"));
        tick();
        runTasks();
        assertThat(told).containsExactly("c");
        assertThat(failures.sum()).isEqualTo(2);
    }

    @Test
    void start_executorIsShutDown_anotherThreadTells() throws InterruptedException {
        ExecutorService down = Executors.newCachedThreadPool();
        down.shutdown();
        Queue<Thread> on = new ConcurrentLinkedQueue<>();
        CountDownLatch heard = new CountDownLatch(1);
        EventQueue queue = queueOn(Threads.handingOver(down), event -> {
            on.add(Thread.currentThread());
            heard.countDown();
        });

        queue.add(event("a"));
        tick();

        assertThat(heard.await(15, TimeUnit.SECONDS)).isTrue();
        assertThat(on).doesNotContain(Thread.currentThread());
        assertThat(failures.sum()).isZero();
    }

    @Test
    void close_whatWaits_isStillToldAndNothingAfter() {
        EventQueue queue = queue(this::note);
        queue.add(event("before"));

        queue.close();
        queue.add(event("after"));
        assertThat(tasks).as("started without a tick").hasSize(1);
        runTasks();

        assertThat(told).containsExactly("before");
        assertThat(failures.sum()).isZero();
    }

    @Test
    void close_manyWait_areToldThoughTheClockStands() {
        EventQueue queue = queue(this::note);
        IntStream.range(0, 1_000).forEach(i -> queue.add(event(i)));

        queue.close();
        clock.stop();
        runTasks();

        assertThat(told).hasSize(1_000);
    }

    @Test
    void add_fromAListener_comesAfterWhatWaited() {
        List<EventQueue> itself = new ArrayList<>();
        EventQueue queue = queue(event -> {
            note(event);
            if (key(event).equals("a")) {
                itself.get(0).add(event("made by a"));
            }
        });
        itself.add(queue);
        queue.add(event("a"));
        queue.add(event("b"));
        tick();
        runTasks();

        assertThat(told).containsExactly("a", "b", "made by a");
    }

    @Test
    void close_fromAListener_theRestIsTold() {
        List<EventQueue> itself = new ArrayList<>();
        EventQueue queue = queue(event -> {
            note(event);
            itself.get(0).close();
        });
        itself.add(queue);
        queue.add(event("a"));
        queue.add(event("b"));
        tick();
        runTasks();

        assertThat(told).containsExactly("a", "b");
    }
}
