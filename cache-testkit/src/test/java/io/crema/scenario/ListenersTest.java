package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.Quarantine;
import io.crema.event.CacheEvent;
import io.crema.event.CacheEvent.Cleared;
import io.crema.event.CacheEvent.Evicted;
import io.crema.event.CacheEvent.Evicted.Cause;
import io.crema.event.CacheEvent.Invalidated;
import io.crema.event.CacheEvent.LeaseChanged;
import io.crema.event.CacheEvent.TagInvalidated;
import io.crema.event.CacheListener;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What those who listen are told of the calls of one instance, and that they cannot hurt it. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class ListenersTest {

    private static final Duration TICKS = Duration.ofMillis(10);

    /** The last thing that a test does; what was told before it is all there is. */
    private static final String END = "the end";

    private static final Predicate<CacheEvent> BY_CALL = ListenersTest::isByCall;

    private final Setting setting;
    private final CacheFixture fixture;
    private final Heard heard = new Heard();

    ListenersTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        heard.goOn();
        fixture.close();
    }

    private static boolean isByCall(CacheEvent event) {
        if (event instanceof Invalidated key) {
            return !key.byMessage();
        } else if (event instanceof TagInvalidated tag) {
            return !tag.byMessage();
        }
        return event instanceof Cleared all && !all.byMessage();
    }

    private Calls listened(CacheListener... listeners) {
        return fixture.open(builder -> {
            Arrays.stream(listeners).forEach(builder::listener);
            return builder;
        });
    }

    private static CacheEvent written(String key) {
        return new Invalidated("texts", key, false);
    }

    /** What was told until now. */
    private List<CacheEvent> told(Calls cache, Predicate<CacheEvent> which) {
        cache.put(END, "");
        awaitTold(written(END));
        List<CacheEvent> told =
                heard.only(which.and(event -> !(event instanceof Invalidated it && END.equals(it.key()))));
        heard.forget();
        return told;
    }

    private void awaitTold(CacheEvent event) {
        Waiting.until(() -> heard.events().contains(event), () -> fixture.pass(TICKS));
    }

    @Test
    void writes_ofOneKey_areEachToldOnce() {
        Calls cache = listened(heard);

        cache.put("put", "v");
        cache.putIfAbsent("absent", "v");
        cache.putIfAbsent("absent", "not stored");
        cache.invalidate("put");
        cache.invalidate("nobody has it");
        cache.invalidate("versioned", 7);
        cache.expire("absent");

        assertThat(told(cache, BY_CALL))
                .containsExactly(
                        written("put"),
                        written("absent"),
                        written("put"),
                        written("nobody has it"),
                        written("versioned"),
                        written("absent"));
    }

    @Test
    void writes_ofManyKeys_areToldForEachKey() {
        Calls cache = listened(heard);

        cache.putAll(Map.of("a", "1", "b", "2"));
        assertThat(told(cache, BY_CALL)).containsExactlyInAnyOrder(written("a"), written("b"));

        cache.invalidateAll(List.of("a", "b", "c"));
        assertThat(told(cache, BY_CALL)).containsExactlyInAnyOrder(written("a"), written("b"), written("c"));
    }

    @Test
    void tagAndClear_areToldOnceHoweverManyEntriesThereAre() {
        Calls cache = listened(heard);
        EntryOptions tagged = EntryOptions.defaults().tags("t");
        IntStream.range(0, 20).forEach(i -> cache.put("k" + i, "v", tagged));
        told(cache, BY_CALL);

        cache.invalidateTag("t");
        cache.clear();

        assertThat(told(cache, BY_CALL))
                .containsExactly(new TagInvalidated("texts", "t", false), new Cleared("texts", false));
    }

    @Test
    void quarantine_beginAndEnd_areTold() {
        Calls cache = listened(heard);

        Quarantine<String> ended = cache.quarantine("q");
        cache.end(ended);
        Quarantine<String> shared = cache.quarantine("q");
        Quarantine<String> other = cache.quarantine("q");
        assertThat(cache.putAtEnd(shared, "refused")).isFalse();
        cache.end(other);

        assertThat(told(cache, BY_CALL))
                .containsExactly(written("q"), written("q"), written("q"), written("q"), written("q"), written("q"));
    }

    @Test
    void putOfAnOldVersion_thatChangesNothing_isNotTold() {
        Calls cache = listened(heard);
        cache.put("k", "v2", EntryOptions.defaults().originVersion(2));
        told(cache, BY_CALL);

        cache.put("k", "v1", EntryOptions.defaults().originVersion(1));

        assertThat(told(cache, BY_CALL)).isEmpty();
    }

    @Test
    void noRoom_evictionIsToldWithItsCause() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        Calls cache = fixture.open(builder -> builder.near(Near.entries(10)).listener(heard));

        IntStream.range(0, 50).forEach(i -> cache.put("k" + i, "v"));

        Predicate<CacheEvent> evicted = Evicted.class::isInstance;
        Waiting.until(() -> heard.only(evicted).size() == 40, () -> fixture.pass(TICKS));
        assertThat(cache.stats().nearEvictions()).isEqualTo(40);
        assertThat(heard.only(evicted)).doesNotHaveDuplicates().allSatisfy(event -> {
            assertThat(((Evicted) event).cause()).isEqualTo(Cause.SIZE);
            assertThat(((Evicted) event).key()).asString().startsWith("k");
        });
    }

    @Test
    void timeIsOver_evictionIsToldWithItsCause() {
        Assumptions.assumeTrue(setting.tiers().hasNear());
        Calls cache = fixture.open(builder ->
                builder.expiration(Expiration.fresh(Duration.ofSeconds(10))).listener(heard));
        cache.put("k", "v");
        told(cache, BY_CALL);

        // Memory is freed when the cache is used.
        CacheEvent evicted = new Evicted("texts", "k", Cause.TIME);
        Waiting.until(() -> heard.events().contains(evicted), () -> {
            fixture.pass(Duration.ofSeconds(5));
            cache.put("another", "v");
        });
        assertThat(heard.only(evicted::equals)).hasSize(1);
    }

    @Test
    void explicitRemovals_areNoEvictions() {
        Calls cache = listened(heard);
        cache.put("a", "1");
        cache.put("a", "2");
        cache.invalidate("a");
        cache.put("b", "1");
        cache.expire("b");
        cache.put("c", "1");
        cache.clear();
        fixture.pass(Duration.ofSeconds(1));

        assertThat(told(cache, Evicted.class::isInstance)).isEmpty();
    }

    @Test
    void listener_isCalledOnTheExecutorOnly() {
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        Calls cache = listened(event -> threads.add(Thread.currentThread().getName()), heard);

        cache.put("k", "v");
        cache.clear();
        told(cache, BY_CALL);

        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith(CacheFixture.EXECUTOR_THREAD));
    }

    @Test
    void listenerThatThrows_isCountedAndOthersHearEverything() {
        Calls cache = listened(
                event -> {
                    throw new AssertionError("of a listener");
                },
                heard);

        cache.put("a", "1");
        cache.invalidate("a");

        assertThat(told(cache, BY_CALL)).containsExactly(written("a"), written("a"));
        assertThat(cache.stats().listenerFailures()).isGreaterThanOrEqualTo(3);
        assertThat(cache.getIfPresent("a")).isNull();
    }

    @Test
    void listenerThatHangs_callsGoOnAndWhatDoesNotFitIsCounted() {
        Calls cache = listened(heard);
        heard.hang();

        for (int i = 0; i < 10_050; i++) {
            cache.invalidate("k");
        }
        fixture.pass(TICKS);
        assertThat(cache.stats().listenerFailures()).isGreaterThanOrEqualTo(40);

        heard.goOn();
        Awaitility.await().until(() -> heard.events().size() >= 10_000);
        assertThat(told(cache, BY_CALL)).isNotEmpty();
    }

    @Test
    void listenerThatUsesTheCache_seesWhatIsToldAndBlocksNobody() {
        AtomicReference<Calls> cache = new AtomicReference<>();
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        cache.set(listened(
                event -> {
                    if (event.equals(written("k"))) {
                        seen.add(String.valueOf(cache.get().getIfPresent("k")));
                        cache.get().invalidate("derived");
                    }
                },
                heard));

        cache.get().put("k", "v");
        awaitTold(written("derived"));
        heard.forget();
        cache.get().invalidate("k");
        awaitTold(written("derived"));

        assertThat(seen).containsExactly("v", "null");
    }

    @Test
    void listenerThatClosesTheCrema_endsIt() {
        CacheFixture.Instance instance = fixture.instance();
        Calls cache = fixture.open(
                instance,
                builder -> builder.listener(event -> {
                            if (event.equals(written("last"))) {
                                instance.crema().close();
                            }
                        })
                        .listener(heard),
                key -> "v");

        cache.put("last", "v");
        cache.put("queued before", "v");

        awaitTold(written("queued before"));
        assertThat(cache.stats().listenerFailures()).isZero();
    }

    @Test
    void close_whatHappenedBefore_isToldAndTheCloseIsNot() {
        CacheFixture.Instance instance = fixture.instance();
        Calls cache = fixture.open(instance, builder -> builder.listener(heard), key -> "v");
        cache.put("k", "v");

        instance.crema().close();
        fixture.pass(Duration.ofSeconds(5));

        Awaitility.await().until(() -> heard.events().contains(written("k")));
        assertThat(heard.only(event -> event instanceof Evicted
                        || event instanceof Cleared
                        || event instanceof LeaseChanged it && !it.held()))
                .isEmpty();
    }

    @Test
    void listenerOfTheCrema_hearsOfAllItsCaches() {
        try (Crema crema = Crema.builder()
                .ticker(fixture.time)
                .executor(fixture.executor)
                .listener(heard)
                .build()) {
            crema.<String, String>cache("one").build().put("k", "v");
            crema.<String, String>cache("two").build().clear();

            awaitTold(new Invalidated("one", "k", false));
            awaitTold(new Cleared("two", false));
        }
        assertThat(heard.events()).hasSize(2);
    }

    @Test
    void executorThatRejects_hurtsNobody() {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        try (Crema crema = Crema.builder()
                .ticker(fixture.time)
                .executor(full)
                .listener(heard)
                .build()) {
            var cache = crema.<String, String>cache("one").build();

            cache.put("k", "v");

            assertThat(cache.getIfPresent("k")).isEqualTo("v");
            awaitTold(new Invalidated("one", "k", false));
            assertThat(cache.stats().listenerFailures()).isZero();
        }
    }
}
