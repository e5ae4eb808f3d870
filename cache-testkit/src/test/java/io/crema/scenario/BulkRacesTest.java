package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crema.CacheException;
import io.crema.Tier;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads of many keys at once against writes of some of them. */
@ParameterizedClass
@EnumSource(Style.class)
class BulkRacesTest {

    private final Fleet fleet = new Fleet(1);
    private final Style style;
    private final Caller<String> a;
    private final Caller<String> b;

    BulkRacesTest(Style style) {
        this.style = style;
        a = style.caller(fleet.node());
        b = style.caller(fleet.node());
        // The first write of a partition starts its clock, which looks like a gap.
        b.put("first", "").await();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private Call<Map<String, String>> getAll(List<String> keys, AtomicInteger calls, CountDownLatch gate) {
        return style.start(
                a.cache(),
                sync -> sync.getAll(keys, missing -> loaded(missing, calls, gate)),
                async -> async.getAll(keys, missing -> loaded(missing, calls, gate)));
    }

    private static Map<String, String> loaded(Iterable<String> missing, AtomicInteger calls, CountDownLatch gate)
            throws InterruptedException {
        calls.incrementAndGet();
        gate.await();
        HashMap<String, String> values = new HashMap<>();
        missing.forEach(key -> values.put(key, "v1"));
        return values;
    }

    @Test
    void r01_invalidationBetweenRemoteReadAndInstall_isNotUndone() {
        b.put("x", "v1").await();
        b.put("y", "v1").await();
        RemoteGate replies = a.remote().holdReplies(Operation.READ_ALL);
        Call<Map<String, String>> read = style.start(
                a.cache(),
                sync -> sync.getAllPresent(List.of("x", "y")),
                async -> async.getAllPresent(List.of("x", "y")));
        replies.awaitHeld(1);

        b.put("x", "v2").await();
        replies.open();

        assertThat(read.await()).containsOnly(Map.entry("x", "v1"), Map.entry("y", "v1"));
        assertThat(a.read("x")).isEqualTo("v2");
        assertThat(a.tier("y")).as("the other key is not disturbed").isEqualTo(Tier.NEAR);
    }

    @Test
    void r20_invalidationOfOneKeyDuringALoadOfMany_itsFillIsRefused() {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch gate = new CountDownLatch(1);
        Call<Map<String, String>> load = getAll(List.of("x", "y"), calls, gate);
        await().until(() -> calls.get() == 1);

        b.invalidate("x").await();
        gate.countDown();

        assertThat(load.await()).containsOnly(Map.entry("x", "v1"), Map.entry("y", "v1"));
        assertThat(a.read("x")).isNull();
        assertThat(b.read("x")).isNull();
        assertThat(b.read("y")).isEqualTo("v1");
    }

    @Test
    void keyThatAnotherInstanceLoads_isWaitedForWhileTheRestIsLoaded() {
        HeldLoader theirs = new HeldLoader();
        Call<String> other = b.get("x", theirs);
        theirs.awaitCalled();
        AtomicInteger calls = new AtomicInteger();
        Call<Map<String, String>> load = getAll(List.of("x", "y"), calls, new CountDownLatch(0));
        await().until(() -> calls.get() == 1);

        theirs.answer("theirs");
        other.await();
        fleet.passUntilDone(load);

        assertThat(load.await()).containsOnly(Map.entry("x", "theirs"), Map.entry("y", "v1"));
        assertThat(calls).hasValue(1);
    }

    @Test
    void r11_loaderAsksForItsOwnKeyAmongMany_failsAtOnce() {
        Call<String> load = a.get("k", key -> {
            List<String> keys = List.of("other", key);
            Map<String, String> nested = style == Style.SYNCHRONOUS
                    ? a.cache().getAll(keys, missing -> Map.of("other", "w"))
                    : a.cache()
                            .async()
                            .getAll(keys, missing -> Map.of("other", "w"))
                            .join();
            return nested.get(key);
        });

        assertThat(load.failure())
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("asks for the key that it is loading");
        assertThat(a.load("k", "v")).isEqualTo("v");
        assertThat(a.load("other", "w2")).as("what it led has landed").isEqualTo("w");
    }
}
