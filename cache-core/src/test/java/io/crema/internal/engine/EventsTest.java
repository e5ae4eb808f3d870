package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.crema.event.CacheEvent;
import io.crema.event.CacheEvent.BreakerChanged;
import io.crema.event.CacheEvent.BreakerChanged.State;
import io.crema.event.CacheEvent.Cleared;
import io.crema.event.CacheEvent.Evicted;
import io.crema.event.CacheEvent.Invalidated;
import io.crema.event.CacheEvent.LeaseChanged;
import io.crema.event.CacheEvent.LoadFailed;
import io.crema.event.CacheEvent.Loaded;
import io.crema.event.CacheEvent.RefreshFailed;
import io.crema.event.CacheEvent.Refreshed;
import io.crema.event.CacheEvent.StaleServed;
import io.crema.event.CacheEvent.TagInvalidated;
import io.crema.event.CacheListener;
import io.crema.internal.remote.RareLog;
import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class EventsTest {

    private final HandMovedTicker ticker = new HandMovedTicker(0);
    private final InstanceClock clock = new InstanceClock(ticker);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<CacheEvent> told = new ArrayList<>();
    private final Throwable failure = new IllegalStateException("origin");

    EventsTest() {
        clock.start();
    }

    private Events events(List<CacheListener> ofAll, List<CacheListener> ofThis) {
        RareLog log = new RareLog(System.getLogger("test"), clock);
        return new Events("cache", ofAll, ofThis, tasks::add, clock, new LongAdder(), log);
    }

    private Events heard() {
        return events(List.of(), List.of(told::add));
    }

    private List<CacheEvent> told() {
        ticker.jump(InstanceClock.TICK_NANOS);
        ticker.jump(InstanceClock.TICK_NANOS);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        List<CacheEvent> since = List.copyOf(told);
        told.clear();
        return since;
    }

    private void everything(Events events) {
        events.loaded("k", 5);
        events.loadFailed("k", 6, failure, 2);
        events.refreshed("k", 7);
        events.refreshFailed("k", 8, failure, 3);
        events.staleServed("k", clock.exact() - 9, StaleServed.Reason.HELD_BACK);
        events.evicted("k", Evicted.Cause.SIZE);
        events.invalidated("k");
        events.tagInvalidated("t");
        events.cleared();
        events.invalidatedByMessage("k");
        events.tagInvalidatedByMessage("t");
        events.breakerChanged(State.CLOSED, State.OPEN, failure);
    }

    @Test
    void each_someoneListens_isToldWithItsCache() {
        Events events = heard();

        everything(events);

        assertThat(told())
                .containsExactly(
                        new Loaded("cache", "k", Duration.ofNanos(5)),
                        new LoadFailed("cache", "k", Duration.ofNanos(6), failure, 2),
                        new Refreshed("cache", "k", Duration.ofNanos(7)),
                        new RefreshFailed("cache", "k", Duration.ofNanos(8), failure, 3),
                        new StaleServed("cache", "k", Duration.ofNanos(9), StaleServed.Reason.HELD_BACK),
                        new Evicted("cache", "k", Evicted.Cause.SIZE),
                        new Invalidated("cache", "k", false),
                        new TagInvalidated("cache", "t", false),
                        new Cleared("cache", false),
                        new Invalidated("cache", "k", true),
                        new TagInvalidated("cache", "t", true),
                        new BreakerChanged("cache", State.CLOSED, State.OPEN, failure));
    }

    @Test
    void each_nobodyListens_allocatesNothing() {
        Events events = events(List.of(), List.of());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        everything(events);
        long asking = allocatedBy(threads, () -> {});

        long allocated = allocatedBy(threads, () -> {
            for (int i = 0; i < 10_000; i++) {
                everything(events);
            }
        });

        // 120,000 events; one object of each would be megabytes.
        assertThat(allocated - asking).isLessThan(50_000);
        assertThat(tasks).isEmpty();
        assertThat(ticker.waiting()).as("nothing but the tick").isEqualTo(1);
    }

    private static long allocatedBy(ThreadMXBean threads, Runnable task) {
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        task.run();
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    @Test
    void listeners_ofAllCachesAndOfThisOne_areBothTold() {
        List<String> order = new ArrayList<>();
        Events events = events(List.of(event -> order.add("all")), List.of(event -> order.add("this")));

        events.cleared();
        assertThat(told()).isEmpty();

        assertThat(order).containsExactly("all", "this");
    }

    @Test
    void watch_leaseComesAndGoes_isToldAtTheTick() {
        AtomicBoolean held = new AtomicBoolean();
        Events events = heard();
        events.watch(held::get);
        assertThat(told()).as("it begins without").isEmpty();

        held.set(true);
        assertThat(told()).containsExactly(new LeaseChanged("cache", true));
        assertThat(told()).isEmpty();

        held.set(false);
        assertThat(told()).containsExactly(new LeaseChanged("cache", false));
    }

    @Test
    void partitionClearedByMessage_manyBetweenTicks_areOneEvent() {
        Events events = heard();
        events.watch(() -> false);

        events.partitionClearedByMessage();
        events.partitionClearedByMessage();
        assertThat(told()).containsExactly(new Cleared("cache", true));

        events.partitionClearedByMessage();
        assertThat(told()).containsExactly(new Cleared("cache", true));
    }

    @Test
    void close_whatHappensAfter_isNotToldNorLookedAt() {
        AtomicBoolean held = new AtomicBoolean();
        List<Boolean> looks = new ArrayList<>();
        Events events = heard();
        events.watch(() -> {
            looks.add(held.get());
            return held.get();
        });
        events.invalidated("before");

        events.close();
        held.set(true);
        everything(events);

        assertThat(told()).containsExactly(new Invalidated("cache", "before", false));
        assertThat(looks).isEmpty();
    }
}
