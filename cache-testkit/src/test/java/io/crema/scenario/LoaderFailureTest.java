package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.LoadingTieredCache;
import io.crema.scenario.CacheFixture.Caller;
import io.crema.testkit.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What callers get of a loader that fails. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class LoaderFailureTest {

    private final Setting setting;
    private final CacheFixture fixture;

    LoaderFailureTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void get_uncheckedFailure_isThrownAsItIs() {
        IllegalStateException failure = new IllegalStateException("no");
        Calls cache = fixture.loading(key -> {
            throw failure;
        });
        assertThatThrownBy(() -> cache.get("k")).isSameAs(failure);
        assertThatThrownBy(() -> cache.getAll(List.of("k", "l"))).isSameAs(failure);
        assertThatThrownBy(() -> cache.refresh("k")).isSameAs(failure);
    }

    @Test
    void get_checkedFailure_isTheCauseOfALoadException() {
        IOException failure = new IOException("origin is down");
        Calls cache = fixture.loading(key -> {
            throw failure;
        });
        assertThatThrownBy(() -> cache.get("secret"))
                .isExactlyInstanceOf(CacheLoadException.class)
                .hasMessage("Cache 'texts': the loader failed for a key of type java.lang.String: java.io.IOException:"
                        + " origin is down")
                .hasCause(failure);
    }

    @Test
    void get_error_isThrownAsItIs() {
        StackOverflowError failure = new StackOverflowError();
        Calls cache = fixture.loading(key -> {
            throw failure;
        });
        assertThatThrownBy(() -> cache.get("k")).isSameAs(failure);
    }

    @Test
    void get_failure_isNotCached_andIsCounted() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> {
            if (loads.incrementAndGet() < 3) {
                throw new IllegalStateException("no");
            }
            return "v";
        });
        assertThatThrownBy(() -> cache.get("k")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cache.get("k")).isInstanceOf(IllegalStateException.class);
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(cache.stats().loads()).isEqualTo(3);
        assertThat(cache.stats().loadFailures()).isEqualTo(2);
    }

    @Test
    void get_failure_isSharedByAllThatWaited() {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        IOException failure = new IOException("down");
        Calls cache = fixture.loading(key -> {
            loads.incrementAndGet();
            go.await();
            throw failure;
        });
        List<Caller<String>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(fixture.start(() -> cache.get("k")));
        }
        callers.forEach(caller -> Waiting.untilParked(caller.thread()));
        go.countDown();
        List<Throwable> failures = callers.stream()
                .map(caller -> catchThrowable(caller::await))
                .distinct()
                .toList();
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0)).isInstanceOf(CacheLoadException.class).hasCause(failure);
        assertThat(loads).hasValue(1);
    }

    @Test
    void get_failure_givesTheLeaseUp_soThatAnotherInstanceLoadsAtOnce() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Calls failing = fixture.loading(key -> {
            throw new IllegalStateException("no");
        });
        Calls other = fixture.loading(key -> "v");
        assertThatThrownBy(() -> failing.get("k")).isInstanceOf(IllegalStateException.class);
        assertThat(other.get("k")).isEqualTo("v");
        assertThat(failing.getIfPresent("k")).isEqualTo("v");
        assertThatThrownBy(() -> failing.refresh("k")).isInstanceOf(IllegalStateException.class);
        assertThat(other.refresh("k")).isEqualTo("v");
        assertThat(fixture.server.executed(Operation.RELEASE)).isEqualTo(2);
    }

    @Test
    void get_nullNotCached_givesTheLeaseUp() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Calls without = fixture.loading(key -> null);
        Calls with = fixture.loading(key -> "v");
        assertThat(without.get("k")).isNull();
        assertThat(with.get("k")).isEqualTo("v");
    }

    @Test
    void refresh_failure_leavesTheOldValue() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> {
            if (loads.incrementAndGet() > 1) {
                throw new IllegalStateException("no");
            }
            return "old";
        });
        cache.get("k");
        assertThatThrownBy(() -> cache.refresh("k")).isInstanceOf(IllegalStateException.class);
        assertThat(cache.get("k")).isEqualTo("old");
    }

    @Test
    void get_asyncLoaderFails_throwsWhatTheFutureFailedWith() {
        IOException checked = new IOException("down");
        IllegalStateException unchecked = new IllegalStateException("no");
        LoadingTieredCache<String, String> cache = fixture.builder(fixture.instance(), "async")
                .buildAsync(key -> switch (key) {
                    case "checked" -> CompletableFuture.failedFuture(checked);
                    case "unchecked" -> CompletableFuture.failedFuture(unchecked);
                    case "dependent" ->
                        CompletableFuture.supplyAsync(
                                () -> {
                                    throw unchecked;
                                },
                                fixture.executor);
                    case "throws" -> throw checked;
                    case "cancelled" -> {
                        CompletableFuture<String> cancelled = new CompletableFuture<>();
                        cancelled.cancel(true);
                        yield cancelled;
                    }
                    default -> null;
                });
        Calls calls = setting.calls(cache);
        assertThatThrownBy(() -> calls.get("checked"))
                .isExactlyInstanceOf(CacheLoadException.class)
                .hasCause(checked);
        assertThatThrownBy(() -> calls.get("throws"))
                .isExactlyInstanceOf(CacheLoadException.class)
                .hasCause(checked);
        assertThatThrownBy(() -> calls.get("unchecked")).isSameAs(unchecked);
        assertThatThrownBy(() -> calls.get("dependent")).isSameAs(unchecked);
        assertThatThrownBy(() -> calls.get("cancelled")).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> calls.get("none"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage(
                        "Cache 'async': the loader returned no future for a key of type java.lang.String; complete one"
                                + " with null for no value");
        assertThat(cache.stats().loads()).isEqualTo(6);
        assertThat(cache.stats().loadFailures()).isEqualTo(6);
        assertThat(calls.get("checked", key -> "now")).isEqualTo("now");
    }
}
