package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.Quarantine;
import io.crema.scenario.CacheFixture.Caller;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.scenario.Setting.EntryPoint;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers that are interrupted leave; whoever else waits does not notice. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class InterruptionTest {

    private final Tiers tiers;
    private final CacheFixture fixture;
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<Boolean> interruptFlags = new ConcurrentLinkedQueue<>();

    InterruptionTest(Tiers tiers) {
        this.tiers = tiers;
        this.fixture = new CacheFixture(new Setting(tiers, EntryPoint.SYNCHRONOUS));
    }

    @AfterEach
    void close() {
        go.countDown();
        fixture.close();
    }

    /** A call that notes whether its thread's interrupt flag is set when it fails. */
    private <T> Caller<T> interruptible(Callable<T> call) {
        return fixture.start(() -> {
            try {
                return call.call();
            } catch (RuntimeException e) {
                interruptFlags.add(Thread.currentThread().isInterrupted());
                throw e;
            }
        });
    }

    private String hold(String value) throws InterruptedException {
        loading.countDown();
        go.await();
        return value;
    }

    @Test
    void interruptedFollower_leaves_andTheLoadGoesOn() {
        Calls cache = fixture.loading(key -> hold("v"));
        Caller<String> leader = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        Caller<String> follower = interruptible(() -> cache.get("k"));
        Waiting.untilParked(follower.thread());
        follower.thread().interrupt();
        assertThatThrownBy(follower::await)
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage("Cache 'texts': interrupted while waiting for a value")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(interruptFlags).containsExactly(true);
        go.countDown();
        assertThat(leader.await()).isEqualTo("v");
        assertThat(cache.getIfPresent("k")).isEqualTo("v");
    }

    @Test
    void leaderInterruptedInItsLoader_fails_andAFollowerLoadsAnew() {
        Calls cache = fixture.open();
        Caller<String> leader = interruptible(() -> cache.get("k", key -> hold("never")));
        Waiting.forLatch(loading);
        Caller<String> follower = fixture.start(() -> cache.get("k", key -> "anew"));
        Caller<String> asynchronous =
                fixture.start(() -> Waiting.forResult(cache.cache().async().get("k", key -> "anew")));
        Waiting.untilParked(follower.thread());
        Waiting.untilParked(asynchronous.thread());
        leader.thread().interrupt();
        assertThatThrownBy(leader::await)
                .isExactlyInstanceOf(CacheLoadException.class)
                .hasMessage("Cache 'texts': the loader was interrupted")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(interruptFlags).containsExactly(true);
        assertThat(follower.await()).isEqualTo("anew");
        assertThat(asynchronous.await()).isEqualTo("anew");
    }

    @Test
    void leaderInterruptedInItsLoader_thatThrowsUnchecked_getsThat() {
        Calls cache = fixture.open();
        IllegalStateException failure = new IllegalStateException("gave up");
        Caller<String> leader = interruptible(() -> cache.get("k", key -> {
            try {
                return hold("never");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failure;
            }
        }));
        Waiting.forLatch(loading);
        leader.thread().interrupt();
        assertThatThrownBy(leader::await).isSameAs(failure);
        assertThat(interruptFlags).containsExactly(true);
    }

    @Test
    void leaderInterruptedInItsLoader_thatThrowsAnError_getsThat() {
        Calls cache = fixture.open();
        AssertionError failure = new AssertionError("gave up");
        Caller<String> leader = fixture.start(() -> cache.get("k", key -> {
            Thread.currentThread().interrupt();
            throw failure;
        }));
        assertThatThrownBy(leader::await).isSameAs(failure);
    }

    @Test
    void bulkLeaderInterruptedInItsLoader_fails_andAFollowerLoadsAnew() {
        Calls cache = fixture.open();
        Caller<Map<String, String>> leader = interruptible(() -> cache.getAll(List.of("a", "b"), keys -> {
            loading.countDown();
            go.await();
            return Map.of();
        }));
        Waiting.forLatch(loading);
        Caller<Map<String, String>> follower =
                fixture.start(() -> cache.getAll(List.of("b", "a"), keys -> Map.of("a", "1", "b", "2")));
        Waiting.untilParked(follower.thread());
        leader.thread().interrupt();
        assertThatThrownBy(leader::await).isExactlyInstanceOf(CacheLoadException.class);
        assertThat(follower.await()).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void leaderInterruptedWhileRemoteIsAsked_leaves_andTheOthersGetTheValue() {
        if (!tiers.hasRemote()) {
            return;
        }
        Instance instance = fixture.instance();
        AtomicInteger loads = new AtomicInteger();
        ConcurrentLinkedQueue<String> threads = new ConcurrentLinkedQueue<>();
        Calls cache = fixture.open(instance, builder -> builder, key -> {
            threads.add(Thread.currentThread().getName());
            return "v" + loads.incrementAndGet();
        });
        RemoteGate replies = instance.remote().holdReplies(Operation.READ);
        Caller<String> leader = interruptible(() -> cache.get("k"));
        replies.awaitHeld(1);
        Waiting.untilParked(leader.thread());
        Caller<String> follower = fixture.start(() -> cache.get("k"));
        Waiting.untilParked(follower.thread());
        leader.thread().interrupt();
        assertThatThrownBy(leader::await).isExactlyInstanceOf(CacheException.class);
        assertThat(interruptFlags).containsExactly(true);
        replies.open();
        assertThat(follower.await()).isEqualTo("v1");
        assertThat(threads).singleElement().asString().startsWith(CacheFixture.EXECUTOR_THREAD);
    }

    @Test
    void bulkLeaderInterruptedWhileRemoteIsAsked_leaves_andTheOthersGetTheValues() {
        if (!tiers.hasRemote()) {
            return;
        }
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance, builder -> builder, key -> key + "!");
        RemoteGate replies = instance.remote().holdReplies(Operation.READ_ALL);
        Caller<Map<String, String>> leader = interruptible(() -> cache.getAll(List.of("a", "b")));
        replies.awaitHeld(1);
        Waiting.untilParked(leader.thread());
        Caller<String> follower = fixture.start(() -> cache.get("a"));
        Waiting.untilParked(follower.thread());
        leader.thread().interrupt();
        assertThatThrownBy(leader::await)
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage("Cache 'texts': interrupted while waiting for values");
        assertThat(interruptFlags).containsExactly(true);
        replies.open();
        assertThat(follower.await()).isEqualTo("a!");
    }

    @Test
    void writerInterruptedWhileRemoteIsAsked_leaves_andTheWriteIsDone() {
        if (!tiers.hasRemote()) {
            return;
        }
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        RemoteGate requests = instance.remote().holdRequests(Operation.PUT);
        Caller<Boolean> writer = interruptible(() -> {
            cache.put("k", "v");
            return true;
        });
        requests.awaitHeld(1);
        Waiting.untilParked(writer.thread());
        writer.thread().interrupt();
        assertThatThrownBy(writer::await)
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage("Cache 'texts': interrupted while waiting for a write, which may have been executed");
        assertThat(interruptFlags).containsExactly(true);
        requests.open();
        assertThat(cache.getIfPresent("k")).isEqualTo("v");
    }

    /** It has nothing to end the quarantine by, which would last for its whole time. */
    @Test
    void quarantineInterruptedWhileRemoteIsAsked_leaves_andItEndsOnceItBegan() {
        if (!tiers.hasRemote()) {
            return;
        }
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance, builder -> builder, key -> "v");
        RemoteGate requests = instance.remote().holdRequests(Operation.QUARANTINE);
        Caller<Quarantine<String>> writer = interruptible(() -> cache.quarantine("k"));
        requests.awaitHeld(1);
        Waiting.untilParked(writer.thread());
        writer.thread().interrupt();
        assertThatThrownBy(writer::await).isExactlyInstanceOf(CacheException.class);
        assertThat(interruptFlags).containsExactly(true);

        requests.open();

        await().until(() -> instance.remote().executed(Operation.END_QUARANTINE) == 1);
        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(cache.getIfPresent("k")).isEqualTo("v");
    }

    @Test
    void interruptedCaller_whoseValueIsThere_getsIt() {
        Calls cache = fixture.open();
        cache.put("k", "v");
        Caller<String> caller = fixture.start(() -> {
            Thread.currentThread().interrupt();
            return cache.get("k") + Thread.currentThread().isInterrupted();
        });
        assertThat(caller.await()).isEqualTo("vtrue");
    }
}
