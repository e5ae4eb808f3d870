package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crema.CacheConfigException;
import io.crema.CacheException;
import io.crema.Crema;
import io.crema.InvalidationPendingException;
import io.crema.LoadingTieredCache;
import io.crema.TieredCache;
import io.crema.policy.Bulkhead;
import io.crema.policy.CircuitBreaker;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.policy.WritePolicy;
import io.crema.scenario.CacheFixture.Caller;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.scenario.Setting.EntryPoint;
import io.crema.spi.KeyCodec;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Building caches: faults of the configuration, and a remote tier that refuses or is not there. */
@Timeout(60)
class BuildTest {

    private final CacheFixture fixture = new CacheFixture(new Setting(Tiers.BOTH, EntryPoint.SYNCHRONOUS));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void build_withSeveralFaults_namesAllAtOnce() {
        Crema crema = fixture.instance().crema();
        CacheConfigException fault = catchThrowableOfType(
                CacheConfigException.class,
                () -> crema.<String, String>cache("a b")
                        .staleness(Duration.ofMillis(1249))
                        .bulkLoader(keys -> Map.of())
                        .writePolicy(WritePolicy.through().quarantine(Duration.ZERO))
                        .build());
        assertThat(fault.faults())
                .containsExactly(
                        "bulkLoader(..) needs a loader in build(..)",
                        "its name must have 1 to 100 characters without spaces, control characters and braces",
                        "there is a remote tier, so a codec is needed: set one with codec(..), for instance"
                                + " KryoCodec.of(Value.class)",
                        "staleness(..) must be from 1250 ms to a day, but is PT1.249S",
                        "Through: quarantine must be from 1 ms to an hour, but is PT0S",
                        "writePolicy(..) needs a writer: set one with writer(..)");
        assertThat(fault).hasMessage("Cache 'a b' is not configured correctly: " + String.join("; ", fault.faults()));
        assertThat(crema.cacheNames()).isEmpty();
    }

    @Test
    void build_withFaultsOfManyPolicies_namesAllAtOnce() {
        Crema crema = fixture.instance().crema();
        CacheConfigException fault = catchThrowableOfType(
                CacheConfigException.class,
                () -> crema.<String, String>cache("texts")
                        .codec(new TextCodec())
                        .near(Near.entries(0))
                        .expiration(Expiration.fresh(Duration.ZERO).jitter(0.9))
                        .nulls(NullCaching.cachedFor(Duration.ofSeconds(-1)))
                        .staleOnError(StaleOnError.upTo(Duration.ZERO))
                        .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofDays(40_000)))
                        .refreshAhead(RefreshAhead.at(1))
                        .loadTimeouts(LoadTimeouts.soft(Duration.ofSeconds(2)).hard(Duration.ofSeconds(1)))
                        .bulkhead(Bulkhead.of(0))
                        .singleFlight(SingleFlight.waitUpTo(Duration.ZERO))
                        .failures(FailureCaching.cachedFor(Duration.ZERO))
                        .build(key -> key));
        assertThat(fault.faults())
                .containsExactly(
                        "Near: it must hold at least 1, but maximum is 0; use Near.none() for a cache without a near tier",
                        "Expiration: fresh must be from 1 ms to 36500 days, but is PT0S",
                        "Expiration: jitter must be from 0 to 0.5, but is 0.9",
                        "NullCaching: fresh must be from 1 ms to 36500 days, but is PT-1S",
                        "StaleOnError: limit must be from 1 ms to 36500 days, but is PT0S",
                        "StaleWhileRevalidate: limit must be from 1 ms to 36500 days, but is PT960000H",
                        "RefreshAhead: fraction must be above 0 and below 1, or 1 with a beta above 0, but is 1.0",
                        "LoadTimeouts: soft must be shorter than hard, which is PT1S, but is PT2S",
                        "Bulkhead: loads must be at least 1, but is 0",
                        "SingleFlight: waitLimit must be from 1 ms to 36500 days, but is PT0S",
                        "FailureCaching: time must be from 1 ms to 36500 days, but is PT0S");
        assertThat(fault).hasMessageStartingWith("Cache 'texts' is not configured correctly: Near: ");
        assertThat(crema.cacheNames()).isEmpty();
    }

    @Test
    void build_withPoliciesThatDoNotFit_namesThem() {
        Crema crema = fixture.instance().crema();
        assertThatThrownBy(() -> crema.<String, String>cache("texts")
                        .codec(new TextCodec())
                        .expiration(Expiration.fresh(Duration.ofHours(1)))
                        .staleOnError(StaleOnError.upTo(Duration.ofMinutes(5)))
                        .build())
                .isInstanceOf(CacheConfigException.class)
                .hasMessage(
                        "Cache 'texts' is not configured correctly: StaleOnError: limit is counted from the load, so"
                                + " it must be longer than the time to live, which is PT1H, but is PT5M");
    }

    @Test
    void crema_withABadCircuitBreaker_isRefused_andTheRemoteStaysFree() {
        InMemoryRemote remote = fixture.server.connect();
        Crema.Builder builder = Crema.builder().ticker(fixture.time).remote(remote);
        CacheConfigException fault = catchThrowableOfType(
                CacheConfigException.class,
                () -> builder.circuitBreaker(CircuitBreaker.standard()
                                .failureRatio(0)
                                .window(Duration.ofDays(2))
                                .probes(0))
                        .build());
        assertThat(fault.faults())
                .containsExactly(
                        "CircuitBreaker: failureRatio must be above 0 and at most 1, but is 0.0",
                        "CircuitBreaker: window must be from 1 ms to a day, but is PT48H",
                        "CircuitBreaker: probes must be at least 1, but is 0");
        assertThat(fault).hasMessageStartingWith("Crema is not configured correctly: CircuitBreaker: ");
        builder.circuitBreaker(CircuitBreaker.off()).build().close();
    }

    @Test
    void build_withoutAnyTier_namesBothWaysOut() {
        try (Crema crema = Crema.builder().ticker(fixture.time).build()) {
            assertThatThrownBy(() ->
                            crema.<String, String>cache("c").near(Near.none()).build())
                    .isInstanceOf(CacheConfigException.class)
                    .hasMessage(
                            "Cache 'c' is not configured correctly: Near.none() leaves no tier at all, because there"
                                    + " is no remote tier that stores values: give Crema.builder() a remote(..), or the cache"
                                    + " a near tier");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\tb", "{a", "a}", "\u007f"})
    void build_withBadName_isRefused(String name) {
        Crema crema = fixture.instance().crema();
        assertThatThrownBy(() ->
                        crema.<String, String>cache(name).codec(new TextCodec()).build(key -> key))
                .isInstanceOf(CacheConfigException.class)
                .hasMessageContaining("its name must have 1 to 100 characters");
    }

    @Test
    void build_withNameAtTheLimit_isFine() {
        Crema crema = fixture.instance().crema();
        String longest = "n".repeat(100);
        assertThat(crema.<String, String>cache(longest)
                        .codec(new TextCodec())
                        .build()
                        .name())
                .isEqualTo(longest);
        assertThatThrownBy(() -> crema.<String, String>cache(longest + "n")
                        .codec(new TextCodec())
                        .build())
                .isInstanceOf(CacheConfigException.class);
    }

    @Test
    void build_withStalenessBeyondADay_isRefused() {
        Crema crema = fixture.instance().crema();
        assertThatThrownBy(() -> crema.<String, String>cache("c")
                        .codec(new TextCodec())
                        .staleness(Duration.ofHours(25))
                        .build())
                .isInstanceOf(CacheConfigException.class)
                .hasMessageContaining("staleness(..) must be from 1250 ms to a day, but is PT25H");
        crema.<String, String>cache("c")
                .codec(new TextCodec())
                .staleness(Duration.ofMillis(1250))
                .build();
    }

    @Test
    void build_ofANameThatIsThere_isRefused() {
        Instance instance = fixture.instance();
        Calls first = fixture.open(instance);
        first.put("k", "v");
        assertThatThrownBy(() -> fixture.open(instance))
                .isInstanceOf(CacheConfigException.class)
                .hasMessage("Cache 'texts' is not configured correctly: there is one of that name already; use"
                        + " find(..), or another name");
        assertThat(first.getIfPresent("k")).isEqualTo("v");
    }

    @Test
    void builders_givenNull_nameTheParameter() {
        Crema crema = fixture.instance().crema();
        var builder = crema.<String, String>cache("c");
        var parameters = Map.<String, ThrowingCallable>ofEntries(
                Map.entry("name", () -> crema.cache(null)),
                Map.entry("codec", () -> builder.codec(null)),
                Map.entry("keyCodec", () -> builder.keyCodec(null)),
                Map.entry("near", () -> builder.near(null)),
                Map.entry("expiration", () -> builder.expiration(null)),
                Map.entry("nulls", () -> builder.nulls(null)),
                Map.entry("bound", () -> builder.staleness(null)),
                Map.entry("staleOnError", () -> builder.staleOnError(null)),
                Map.entry("staleWhileRevalidate", () -> builder.staleWhileRevalidate(null)),
                Map.entry("refreshAhead", () -> builder.refreshAhead(null)),
                Map.entry("loadTimeouts", () -> builder.loadTimeouts(null)),
                Map.entry("bulkhead", () -> builder.bulkhead(null)),
                Map.entry("singleFlight", () -> builder.singleFlight(null)),
                Map.entry("failures", () -> builder.failures(null)),
                Map.entry("abandonedLoads", () -> builder.abandonedLoads(null)),
                Map.entry("listener", () -> builder.listener(null)),
                Map.entry("bulkLoader", () -> builder.bulkLoader(null)),
                Map.entry("loader", () -> builder.build(null)),
                Map.entry("remote", () -> Crema.builder().remote(null)),
                Map.entry("circuitBreaker", () -> Crema.builder().circuitBreaker(null)),
                Map.entry("executor", () -> Crema.builder().executor(null)),
                Map.entry("ticker", () -> Crema.builder().ticker(null)));
        parameters.forEach((name, call) -> assertThatThrownBy(call)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name));
        assertThatThrownBy(() -> builder.buildAsync(null)).hasMessage("loader");
        assertThatThrownBy(() -> Crema.builder().nodeName(null)).hasMessage("name");
        assertThatThrownBy(() -> crema.find(null)).hasMessage("name");
    }

    @Test
    void build_underOtherTerms_isRefused_andTheNameIsFree() {
        fixture.open();
        Instance instance = fixture.instance();
        assertThatThrownBy(() -> instance.crema()
                        .<TimeUnit, String>cache("texts")
                        .codec(new TextCodec())
                        .keyCodec(KeyCodec.ofEnum(TimeUnit.class))
                        .build())
                .isInstanceOf(CacheConfigException.class)
                .hasMessage("Cache 'texts' is not configured correctly: texts: expected key format"
                        + " enum-1:java.util.concurrent.TimeUnit, found standard-1; use the same key codec in all"
                        + " instances, or another cache name");
        assertThat(instance.crema().cacheNames()).isEmpty();
        assertThat(fixture.open(instance).getIfPresent("k")).isNull();
    }

    @Test
    void build_withAKeyCodecThatCannotNameItsFormat_fails_andTheNameIsFree() {
        Instance instance = fixture.instance();
        KeyCodec<String> odd = new KeyCodec<>() {
            @Override
            public String format() {
                throw new IllegalStateException("odd format");
            }

            @Override
            public byte[] encode(String key) {
                return new byte[0];
            }

            @Override
            public String decode(byte[] bytes) {
                return "";
            }
        };
        assertThatThrownBy(() -> fixture.open(instance, builder -> builder.keyCodec(odd), key -> key))
                .isInstanceOf(IllegalStateException.class);
        assertThat(fixture.open(instance).getIfPresent("k")).isNull();
    }

    @Test
    void build_whileTheRemoteIsAway_worksOnNearAndOrigin_andSharesLater() {
        Calls other = fixture.open();
        Instance instance = fixture.instance();
        instance.remote().goOffline();
        Calls cache = fixture.open(instance, builder -> builder, key -> "origin");
        assertThat(cache.get("k")).isEqualTo("origin");
        assertThat(cache.get("k")).isEqualTo("origin");
        assertThat(cache.stats().nearHits()).isEqualTo(1);
        assertThat(cache.getAll(List.of("k", "l"))).hasSize(2);
        for (ThrowingCallable write : Stream.<ThrowingCallable>of(
                        () -> cache.put("k", "v"), () -> cache.invalidate("k"), () -> cache.clear())
                .toList()) {
            assertThatThrownBy(write)
                    .isExactlyInstanceOf(InvalidationPendingException.class)
                    .hasMessageStartingWith("Cache 'texts': the remote tier did not confirm ");
        }
        assertThat(cache.getIfPresent("l")).isNull();
        assertThatThrownBy(() -> cache.get("unpaired \ud800"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("cannot be encoded");
        assertThat(cache.stats().invalidationsReceived()).isZero();
        cache.get("k");

        other.put("k", "too early");
        instance.remote().comeBack();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(other.getIfPresent("k")).as("what was pending was sent").isNull();
        other.put("k", "shared");
        assertThat(cache.getIfPresent("k")).isEqualTo("shared");
        cache.put("k", "mine");
        assertThat(other.getIfPresent("k")).isEqualTo("mine");
    }

    @Test
    void build_whoseOpeningGetsNoAnswer_goesOn_andTriesAgain() {
        Instance instance = fixture.instance();
        instance.remote().hang(Operation.OPEN);
        Caller<LoadingTieredCache<String, String>> build =
                fixture.start(() -> fixture.builder(instance, "texts").build(key -> "origin"));
        Waiting.until(build.result()::isDone, () -> fixture.pass(Duration.ofMillis(100)));
        LoadingTieredCache<String, String> cache = build.await();
        assertThat(cache.get("k")).isEqualTo("origin");
        instance.remote().recover();
        fixture.open().put("k", "shared");
        fixture.pass(Duration.ofSeconds(5));
        assertThat(cache.getIfPresent("k")).isEqualTo("shared");
    }

    @Test
    void build_whoseTermsAreRefusedLater_staysOnNearAndOrigin() {
        Instance instance = fixture.instance();
        instance.remote().fail(Operation.OPEN);
        TieredCache<TimeUnit, String> cache = instance.crema()
                .<TimeUnit, String>cache("texts")
                .codec(new TextCodec())
                .keyCodec(KeyCodec.ofEnum(TimeUnit.class))
                .build();
        instance.remote().recover();
        fixture.pass(Duration.ofSeconds(5));
        assertThat(cache.get(TimeUnit.DAYS, key -> "origin")).isEqualTo("origin");
        assertThatThrownBy(() -> cache.put(TimeUnit.DAYS, "v")).isInstanceOf(InvalidationPendingException.class);
    }

    @Test
    void build_interrupted_keepsTheFlag_andGivesTheCache() {
        Instance instance = fixture.instance();
        RemoteGate requests = instance.remote().holdRequests(Operation.OPEN);
        Caller<Boolean> build = fixture.start(() -> {
            fixture.builder(instance, "texts").build(key -> "origin");
            return Thread.currentThread().isInterrupted();
        });
        requests.awaitHeld(1);
        build.thread().interrupt();
        assertThat(build.await()).isTrue();
        requests.open();
        assertThat(instance.crema().<String, String>find("texts").orElseThrow().get("k", key -> "v"))
                .isEqualTo("v");
    }

    @Test
    void build_onAClosedCrema_isRefused() {
        Instance instance = fixture.instance();
        instance.crema().close();
        assertThatThrownBy(() -> fixture.open(instance))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage("Cache 'texts' cannot be built: its Crema is closed");
    }

    @Test
    void cremaClosed_whileACacheIsBuilt_endsTheBuild() {
        Instance instance = fixture.instance();
        InMemoryRemote remote = instance.remote();
        RemoteGate requests = remote.holdRequests(Operation.OPEN);
        Caller<LoadingTieredCache<String, String>> build =
                fixture.start(() -> fixture.builder(instance, "texts").build(key -> "origin"));
        requests.awaitHeld(1);
        instance.crema().close();
        LoadingTieredCache<String, String> cache = build.await();
        assertThatThrownBy(() -> cache.get("k"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void secondCrema_overOneRemote_isRefused_andLeavesNoThread() {
        Crema.Builder second = Crema.builder()
                .nodeName("second-over-one-remote")
                .remote(fixture.instance().remote());
        assertThatThrownBy(second::build)
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("This remote tier is in use by a Crema, or was; give each Crema one of its own");
        Awaitility.await()
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .noneMatch(thread -> thread.getName().contains("second-over-one-remote")));
    }
}
