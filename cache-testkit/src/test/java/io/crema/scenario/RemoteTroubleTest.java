package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheException;
import io.crema.Crema;
import io.crema.InvalidationPendingException;
import io.crema.ReadConsistency;
import io.crema.Tier;
import io.crema.TieredCache;
import io.crema.scenario.CacheFixture.Caller;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What readers and writers get while the remote tier is slow, fails or is away. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#withRemote")
@Timeout(60)
class RemoteTroubleTest {

    private static final Duration LIMIT = Duration.ofMillis(200);

    private final Setting setting;
    private final CacheFixture fixture;
    private Calls other;
    private Calls cache;
    private InMemoryRemote remote;

    RemoteTroubleTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @BeforeEach
    void open() {
        Instance instance = fixture.instance();
        remote = instance.remote();
        cache = fixture.open(instance, builder -> builder, key -> "origin");
        other = fixture.open();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Makes a call and moves time until it has ended; the time it took in steps of 5 ms. */
    private <T> Duration timeOf(Callable<T> call) {
        long before = fixture.time.nanos();
        Caller<T> caller = fixture.start(call);
        Waiting.untilParked(caller.thread());
        Waiting.until(caller.result()::isDone, () -> fixture.pass(Duration.ofMillis(5)));
        caller.await();
        return Duration.ofNanos(fixture.time.nanos() - before);
    }

    @Test
    void get_remoteHangs_goesToTheOriginAtTheLimit() {
        other.put("k", "remote");
        remote.hang(Operation.READ);
        Caller<String> get = fixture.start(() -> cache.get("k"));
        Waiting.untilParked(get.thread());
        fixture.pass(LIMIT.minusMillis(10));
        assertThat(get.result()).isNotDone();
        fixture.pass(Duration.ofMillis(20));
        assertThat(get.await()).isEqualTo("origin");
        assertThat(cache.stats().remoteFailures()).isEqualTo(1);
    }

    @Test
    void getIfPresent_remoteHangs_isNothingAtTheLimit() {
        other.put("k", "remote");
        remote.hang(Operation.READ, Operation.READ_ALL);
        assertThat(timeOf(() -> String.valueOf(cache.getIfPresent("k")))).isBetween(LIMIT, LIMIT.plusSeconds(5));
        assertThat(timeOf(() -> cache.getAllPresent(List.of("k")).size())).isGreaterThanOrEqualTo(LIMIT);
    }

    @Test
    void getAll_remoteHangs_goesToTheOriginAtTheLimit() {
        other.put("k", "remote");
        remote.hang(Operation.READ_ALL);
        Caller<Map<String, String>> get = fixture.start(() -> cache.getAll(List.of("k", "l")));
        Waiting.untilParked(get.thread());
        fixture.pass(LIMIT.plusMillis(10));
        assertThat(get.await()).isEqualTo(Map.of("k", "origin", "l", "origin"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"READ", "LEASE", "FILL", "RELEASE"})
    void get_remoteFailsAtOneStep_givesTheOriginsValue(Operation operation) {
        remote.fail(operation);
        assertThat(cache.get("k")).isEqualTo("origin");
        assertThat(cache.get("null", key -> null)).isNull();
        assertThat(cache.stats().remoteFailures()).isGreaterThanOrEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"LEASE", "FILL"})
    void get_remoteHangsAtOneStep_givesTheOriginsValue(Operation operation) {
        remote.hang(operation);
        Caller<String> get = fixture.start(() -> cache.get("k"));
        Waiting.until(get.result()::isDone, () -> fixture.pass(Duration.ofMillis(50)));
        assertThat(get.await()).isEqualTo("origin");
    }

    @Test
    void get_leaseReplyLost_letsOthersLoadAtOnce() {
        RemoteGate replies = remote.holdReplies(Operation.LEASE);
        Caller<String> get = fixture.start(() -> cache.get("k"));
        replies.awaitHeld(1);
        replies.failAll();
        assertThat(get.await()).isEqualTo("origin");
        assertThat(other.get("k", key -> "other")).isEqualTo("other");
    }

    @Test
    void get_fillReplyLost_isServedHereForTheBoundOnly() {
        RemoteGate replies = remote.holdReplies(Operation.FILL);
        Caller<String> get = fixture.start(() -> cache.get("k"));
        replies.awaitHeld(1);
        replies.failAll();
        assertThat(get.await()).isEqualTo("origin");
        assertThat(other.getIfPresent("k")).isEqualTo("origin");
    }

    @Test
    void get_remoteAway_servesNearWithinTheBound_thenTheOrigin() {
        cache.put("k", "near");
        remote.goOffline();
        if (setting.tiers().hasNear()) {
            assertThat(cache.get("k")).isEqualTo("near");
            fixture.pass(Duration.ofSeconds(1));
            assertThat(cache.get("k")).isEqualTo("near");
        }
        fixture.pass(Duration.ofSeconds(2));
        assertThat(cache.get("k")).isEqualTo("origin");
        assertThat(cache.getAll(List.of("k", "l"))).hasSize(2);
        assertThat(other.getIfPresent("k")).isEqualTo("near");
        remote.comeBack();
        fixture.pass(Duration.ofSeconds(3));
        assertThat(cache.get("k")).isEqualTo("near");
    }

    @Test
    void getLatest_remoteAway_takesNothingFromHere() {
        cache.put("k", "near");
        remote.goOffline();
        Calls latest = cache.reading(ReadConsistency.LATEST);
        assertThat(latest.get("k")).isEqualTo("origin");
        assertThat(latest.getIfPresent("k")).isNull();
        assertThat(latest.getAllPresent(List.of("k"))).isEmpty();
    }

    @Test
    void getLatest_ofSuspectOrMissingRecords_asksEachTime() {
        Calls latest = cache.reading(ReadConsistency.LATEST);
        cache.put("k", "v1");
        remote.holdDelivery();
        other.put("k", "v2");
        assertThat(latest.get("k")).isEqualTo("v2");
        other.invalidate("k");
        assertThat(latest.getIfPresent("k")).isNull();
        assertThat(latest.get("k")).isEqualTo("origin");
        remote.fail(Operation.READ);
        assertThat(latest.get("k")).isEqualTo("origin");
        assertThat(latest.getIfPresent("k")).isNull();
    }

    @Test
    void get_revalidationFails_asksTheOrigin() {
        cache.put("k", "near");
        remote.disconnect();
        fixture.pass(Duration.ofSeconds(3));
        int reads = remote.executed(Operation.READ);
        assertThat(cache.getIfPresent("k")).isEqualTo("near");
        assertThat(remote.executed(Operation.READ)).isEqualTo(reads + 1);
        other.put("k", "newer");
        fixture.pass(Duration.ofSeconds(3));
        assertThat(cache.getIfPresent("k")).isEqualTo("newer");
        remote.fail(Operation.READ);
        fixture.pass(Duration.ofSeconds(3));
        assertThat(cache.get("k")).isEqualTo("origin");
    }

    @Test
    void put_notConfirmed_invalidatesTheKey_andSaysSo() {
        cache.put("k", "old");
        remote.fail(Operation.PUT, Operation.PUT_IF_ABSENT);
        String reason = "Cache 'texts': the remote tier did not confirm a put (java.io.IOException: " + remote
                + " is out of reach), so the key was invalidated everywhere: repeat the call, or let the next read load"
                + " the value";
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> cache.put("k", "new"),
                () -> cache.putIfAbsent("k", "new"),
                () -> cache.putAll(Map.of("k", "new")))) {
            other.put("k", "old");
            assertThatThrownBy(call)
                    .isExactlyInstanceOf(CacheException.class)
                    .hasMessage(reason)
                    .hasCauseInstanceOf(IOException.class);
            assertThat(cache.getIfPresent("k")).isNull();
            assertThat(other.getIfPresent("k")).isNull();
        }
    }

    @Test
    void put_executedButNotConfirmed_isInvalidatedToo() {
        RemoteGate replies = remote.holdReplies(Operation.PUT);
        Caller<Boolean> put = fixture.start(() -> {
            cache.put("k", "new");
            return true;
        });
        replies.awaitHeld(1);
        replies.failAll();
        assertThatThrownBy(put::await).isExactlyInstanceOf(CacheException.class);
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(other.getIfPresent("k")).isNull();
    }

    @Test
    void put_hangs_endsAtTheLimit() {
        remote.hang(Operation.PUT);
        Caller<Boolean> put = fixture.start(() -> {
            cache.put("k", "new");
            return true;
        });
        Waiting.untilParked(put.thread());
        fixture.pass(LIMIT.plusMillis(10));
        assertThatThrownBy(put::await)
                .isExactlyInstanceOf(CacheException.class)
                .hasCauseInstanceOf(TimeoutException.class)
                .hasMessageContaining("invalidated everywhere");
    }

    @Test
    void write_withoutTheRemote_dropsTheNearCopy_andSaysThatOthersMayServeTheirs() {
        String rest = " (java.io.IOException: " + remote
                + " is out of reach); this instance dropped its copy and will send the invalidation again until it is"
                + " confirmed, others may serve their copies till then";
        Map<ThrowingCallable, String> writes = Map.of(
                () -> cache.put("k", "new"), "the remote tier confirmed neither a put nor the invalidation after it",
                () -> cache.putIfAbsent("k", "new"),
                        "the remote tier confirmed neither a put nor the invalidation after it",
                () -> cache.putAll(Map.of("k", "new")),
                        "the remote tier confirmed neither a put nor the invalidation after it",
                () -> cache.invalidate("k"), "the remote tier did not confirm invalidate",
                () -> cache.invalidateIfPresent("k"), "the remote tier did not confirm invalidate",
                () -> cache.invalidateAll(List.of("k", "l")), "the remote tier did not confirm invalidate",
                () -> cache.clear(), "the remote tier did not confirm clear");
        writes.forEach((write, what) -> {
            remote.comeBack();
            // Until the circuit breaker, if it has opened, has closed.
            fixture.pass(Duration.ofSeconds(10));
            cache.put("k", "old");
            remote.goOffline();
            assertThatThrownBy(write)
                    .isExactlyInstanceOf(InvalidationPendingException.class)
                    .hasMessage("Cache 'texts': " + what + rest);
            assertThat(cache.getIfPresent("k")).isNull();
            assertThat(other.getIfPresent("k")).isEqualTo("old");
        });
    }

    @Test
    void clear_ofOnePartitionFails_isPending_andNothingNearIsServed() {
        cache.put("k", "old");
        RemoteGate requests = remote.holdRequests(Operation.CLEAR);
        Caller<Boolean> clear = fixture.start(() -> {
            cache.clear();
            return true;
        });
        requests.awaitHeld(4);
        requests.failNext();
        requests.releaseAll();
        assertThatThrownBy(clear::await).isExactlyInstanceOf(InvalidationPendingException.class);
        var entry = cache.entry("k");
        assertThat(entry == null || entry.tier() == Tier.REMOTE).isTrue();
    }

    @Test
    void refresh_ofNull_whoseInvalidationFails_isPending() {
        cache.put("k", "old");
        remote.fail(Operation.INVALIDATE);
        Calls nulls =
                setting.calls(fixture.builder(fixture.instance(), "unused").build(key -> null));
        assertThat(nulls.refresh("k")).isNull();
        Instance instance = fixture.instance();
        Calls mine = fixture.open(instance, builder -> builder, key -> null);
        instance.remote().fail(Operation.INVALIDATE);
        assertThatThrownBy(() -> mine.refresh("k")).isExactlyInstanceOf(InvalidationPendingException.class);
        assertThat(other.getIfPresent("k")).isEqualTo("old");
    }

    @Test
    void refresh_whileAnotherInstanceLoads_waitsThenLoads() {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Caller<String> theirs = fixture.start(() -> other.get("k", key -> {
            loading.countDown();
            go.await();
            return "theirs";
        }));
        Waiting.forLatch(loading);
        Caller<String> refresh = fixture.start(() -> cache.refresh("k"));
        fixture.pass(Duration.ofMillis(500));
        assertThat(refresh.result()).isNotDone();
        Waiting.until(refresh.result()::isDone, () -> fixture.pass(Duration.ofMillis(20)));
        assertThat(refresh.await()).isEqualTo("origin");
        go.countDown();
        assertThat(theirs.await()).isEqualTo("theirs");
    }

    /** As one that is full and has the caller run what it cannot take: while a loader ran there, the clock would stand. */
    @Test
    void executorThatRunsTasksWithinTheCall_doesNotLoadOnTheThreadOfTheClock() {
        InMemoryRemote mine = fixture.server.connect();
        Crema crema = Crema.builder()
                .remote(mine)
                .ticker(fixture.time)
                .executor(Runnable::run)
                .build();
        TieredCache<String, String> texts =
                crema.<String, String>cache("texts").codec(new TextCodec()).build();
        mine.hang(Operation.READ);
        CompletableFuture<Thread> loader = new CompletableFuture<>();
        CompletableFuture<String> get = texts.async().get("k", key -> {
            loader.complete(Thread.currentThread());
            return "origin";
        });
        mine.recover();
        fixture.pass(LIMIT.plusMillis(10));
        assertThat(Waiting.forResult(get)).isEqualTo("origin");
        assertThat(loader.join()).isNotSameAs(Thread.currentThread());
        crema.close();
    }

    @Test
    void executorThatRejects_doesNotLoseAReader() {
        Instance instance = fixture.instance();
        Calls mine = fixture.open(instance, builder -> builder, key -> "origin");
        RemoteGate replies = instance.remote().holdReplies(Operation.READ);
        Caller<String> get = fixture.start(() -> mine.get("k"));
        replies.awaitHeld(1);
        Waiting.untilParked(get.thread());
        fixture.executor.shutdown();
        replies.open();
        assertThat(get.await()).isEqualTo("origin");
    }
}
