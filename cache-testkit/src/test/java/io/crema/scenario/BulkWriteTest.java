package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crema.CacheBuilder;
import io.crema.CacheException;
import io.crema.CacheWriteException;
import io.crema.CacheWriter;
import io.crema.PartialWriteException;
import io.crema.WriteContext;
import io.crema.policy.NullCaching;
import io.crema.policy.WritePolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Many keys that are written to the origin together. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class BulkWriteTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final Batches batches = new Batches();
    private final Calls cache;

    BulkWriteTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
        this.cache = open(builder -> builder);
    }

    private Calls open(UnaryOperator<CacheBuilder<String, String>> settings) {
        return fixture.open(fixture.instance(), builder -> settings.apply(builder.writer(batches)), batches.rows::get);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /** An origin that takes many rows at once. */
    private static final class Batches implements CacheWriter<String, String> {

        final Map<String, String> rows = new HashMap<>();
        final List<Object> calls = new ArrayList<>();
        final List<Long> writeIds = new ArrayList<>();
        Set<String> refused = Set.of();
        Exception failure = new IllegalStateException("not thrown");
        boolean fails;

        @Override
        public void write(String key, String value, WriteContext context) {
            throw new AssertionError("one by one");
        }

        @Override
        public void delete(String key, WriteContext context) {
            throw new AssertionError("one by one");
        }

        @Override
        public void writeAll(Map<String, String> values, WriteContext context) throws Exception {
            calls.add(Map.copyOf(values));
            values.keySet().forEach(key -> writeIds.add(context.of(key).writeId()));
            if (fails) {
                throw failure;
            }
            values.forEach((key, value) -> {
                if (!refused.contains(key)) {
                    rows.put(key, value);
                }
            });
            if (values.keySet().stream().anyMatch(refused::contains)) {
                throw new PartialWriteException(refused, failure);
            }
        }

        @Override
        public void deleteAll(Set<String> keys, WriteContext context) {
            calls.add(Set.copyOf(keys));
            rows.keySet().removeAll(keys);
        }
    }

    @Test
    void putAll_oneCallAndAllAreCached() {
        cache.putAll(Map.of("a", "1", "b", "2"));

        assertThat(batches.calls).containsExactly(Map.of("a", "1", "b", "2"));
        assertThat(cache.getAllPresent(List.of("a", "b"))).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(batches.writeIds).allMatch(id -> id > 0 == setting.tiers().hasRemote());
        assertThat(cache.stats().writes()).isEqualTo(2);
    }

    @Test
    void deleteAll_oneCallAndNoneIsCached() {
        cache.putAll(Map.of("a", "1", "b", "2", "c", "3"));

        cache.deleteAll(List.of("a", "b", "a"));

        assertThat(batches.calls).last().isEqualTo(Set.of("a", "b"));
        assertThat(cache.getAllPresent(List.of("a", "b", "c"))).isEqualTo(Map.of("c", "3"));
        assertThat(cache.getAll(List.of("a", "b"))).isEmpty();
    }

    @Test
    void nothing_noCall() {
        cache.putAll(Map.of());
        cache.deleteAll(List.of());

        assertThat(batches.calls).isEmpty();
    }

    @Test
    void putAll_withNulls_writesAndDeletes() {
        Calls caching = open(builder -> builder.nulls(NullCaching.cachedFor(Duration.ofMinutes(1))));
        caching.putAll(Map.of("a", "1", "b", "2"));
        Map<String, String> changes = new HashMap<>();
        changes.put("a", null);
        changes.put("b", "3");

        caching.putAll(changes);

        assertThat(batches.calls).endsWith(Map.of("b", "3"), Set.of("a"));
        assertThat(batches.rows).isEqualTo(Map.of("b", "3"));
        assertThat(caching.entry("a")).isNotNull();
    }

    @Test
    void putAll_someFail_theOthersAreCachedAndTheseInvalidated() {
        cache.putAll(Map.of("a", "1", "b", "1", "c", "1"));
        batches.refused = Set.of("b");

        PartialWriteException failure = catchThrowableOfType(
                PartialWriteException.class, () -> cache.putAll(Map.of("a", "2", "b", "2", "c", "2")));

        assertThat(failure.failedKeys()).containsExactly("b");
        assertThat(failure).hasMessageContaining("'texts'").hasMessageContaining("1 of 3");
        assertThat(cache.getAllPresent(List.of("a", "b", "c"))).isEqualTo(Map.of("a", "2", "c", "2"));
        assertThat(cache.get("b")).isEqualTo("1");
        assertThat(cache.stats().writeFailures()).isEqualTo(1);
    }

    @Test
    void putAll_someFailThatWereNotGiven_allHaveFailed() {
        batches.refused = Set.of("b");
        batches.fails = true;
        batches.failure = new PartialWriteException(Set.of("another"), null);

        PartialWriteException failure =
                catchThrowableOfType(PartialWriteException.class, () -> cache.putAll(Map.of("a", "2", "b", "2")));

        assertThat(failure.failedKeys()).containsExactlyInAnyOrder("a", "b");
        assertThat(cache.getAllPresent(List.of("a", "b"))).isEmpty();
    }

    @Test
    void putAll_allFail_isToldAsOfOne() {
        batches.fails = true;
        assertThatThrownBy(() -> cache.putAll(Map.of("a", "1", "b", "1"))).isSameAs(batches.failure);

        batches.failure = new IOException("gone");
        assertThatThrownBy(() -> cache.putAll(Map.of("a", "1", "b", "1")))
                .isInstanceOf(CacheWriteException.class)
                .hasCause(batches.failure);
        assertThat(cache.stats().writeFailures()).isEqualTo(4);
    }

    @Test
    void putAll_oneThatCannotBeEncoded_changesNothing() {
        if (!setting.tiers().hasRemote()) {
            return;
        }
        assertThatThrownBy(() -> cache.putAll(Map.of("a", "1", "b", "!"))).isInstanceOf(CacheException.class);

        assertThat(batches.calls).isEmpty();
        assertThat(cache.getAllPresent(List.of("a"))).isEmpty();
    }

    @Test
    void putAll_around_nothingIsCached() {
        Calls around = open(builder -> builder.writePolicy(WritePolicy.around()));

        around.putAll(Map.of("a", "1", "b", "2"));

        assertThat(batches.rows).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(around.getAllPresent(List.of("a", "b"))).isEmpty();
    }

    @Test
    void putAll_writerThatWritesOneByOne_tellsWhichFailed() {
        Table table = new Table();
        IOException refused = new IOException("refused");
        table.before(key -> {
            if (key.startsWith("bad")) {
                throw refused;
            }
        });
        Calls single = fixture.open(fixture.instance(), builder -> builder.writer(table), table::read);

        PartialWriteException failure = catchThrowableOfType(
                PartialWriteException.class, () -> single.putAll(Map.of("a", "1", "bad", "2", "bad too", "3")));

        assertThat(failure.failedKeys()).containsExactlyInAnyOrder("bad", "bad too");
        assertThat(failure).hasRootCause(refused);
        assertThat(single.getAllPresent(List.of("a", "bad"))).isEqualTo(Map.of("a", "1"));
        assertThatThrownBy(() -> single.deleteAll(List.of("a", "bad"))).isInstanceOf(PartialWriteException.class);
        assertThat(table.read("a")).isNull();
    }

    @Test
    void context_ofMany_hasNoIdOfItsOwn() {
        List<Throwable> thrown = new ArrayList<>();
        CacheWriter<String, String> asking = new CacheWriter<>() {
            @Override
            public void write(String key, String value, WriteContext context) {}

            @Override
            public void delete(String key, WriteContext context) {}

            @Override
            public void writeAll(Map<String, String> values, WriteContext context) {
                assertThat(context.attempt()).isEqualTo(1);
                for (Runnable wrong : List.<Runnable>of(
                        context::writeId, () -> context.originVersion(1), () -> context.of("another"))) {
                    try {
                        wrong.run();
                    } catch (RuntimeException e) {
                        thrown.add(e);
                    }
                }
            }
        };
        Calls single = fixture.open(fixture.instance(), builder -> builder.writer(asking), key -> null);

        single.putAll(Map.of("a", "1"));

        assertThat(thrown).hasSize(3).allMatch(each -> each.getMessage().contains("'texts'"));
        assertThat(thrown.subList(0, 2)).allMatch(IllegalStateException.class::isInstance);
        assertThat(thrown.get(2)).isInstanceOf(IllegalArgumentException.class);
    }
}
