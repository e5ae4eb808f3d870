package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheBuilder;
import io.crema.CacheException;
import io.crema.CacheWriteException;
import io.crema.CacheWriter;
import io.crema.EntryOptions;
import io.crema.WriteContext;
import io.crema.policy.NullCaching;
import io.crema.policy.WritePolicy;
import io.crema.scenario.CacheFixture.Caller;
import io.crema.scenario.CacheFixture.Instance;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Puts that write the origin first, while the key is in quarantine. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class WriteThroughTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final Table table = new Table();
    private final Instance instance;
    private final Calls cache;

    WriteThroughTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
        this.instance = fixture.instance();
        this.cache = open(builder -> builder);
    }

    private Calls open(UnaryOperator<CacheBuilder<String, String>> settings) {
        boolean first = cache == null;
        return fixture.open(
                first ? instance : fixture.instance(), builder -> settings.apply(builder.writer(table)), table::read);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void put_originHasItAndItIsCached() {
        cache.put("k", "v1");

        assertThat(table.read("k")).isEqualTo("v1");
        assertThat(cache.getIfPresent("k")).isEqualTo("v1");
        assertThat(table.calls).hasSize(1);
        assertThat(table.calls.get(0).attempt()).isEqualTo(1);
        assertThat(cache.stats().writes()).isEqualTo(1);
        assertThat(cache.stats().writeFailures()).isZero();
    }

    @Test
    void put_writerRunsOnTheCallersThread_orOnTheExecutor() {
        Caller<Boolean> caller = fixture.start(() -> {
            cache.put("k", "v1");
            return true;
        });
        caller.await();

        assertThat(table.calls.get(0).thread())
                .startsWith(setting.isSynchronous() ? CacheFixture.CALLER_THREAD : CacheFixture.EXECUTOR_THREAD);
    }

    @Test
    void put_options_areThoseOfTheEntry() {
        cache.put(
                "k",
                "v1",
                EntryOptions.defaults().timeToLive(Duration.ofSeconds(5)).tags("t"));
        assertThat(cache.getIfPresent("k")).isEqualTo("v1");

        cache.invalidateTag("t");
        assertThat(cache.getIfPresent("k")).isNull();

        cache.put("k", "v2", EntryOptions.defaults().timeToLive(Duration.ofSeconds(5)));
        fixture.pass(Duration.ofSeconds(6));
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void put_readersMeanwhile_getWhatTheOriginHasAndKeepNothing() {
        cache.put("k", "v1");
        table.before(key -> {
            assertThat(cache.getIfPresent("k")).isNull();
            assertThat(cache.get("k")).isEqualTo("v1");
        });
        table.after(key -> {
            assertThat(cache.get("k")).isEqualTo("v2");
            assertThat(cache.getIfPresent("k")).isNull();
        });

        cache.put("k", "v2");

        assertThat(cache.getIfPresent("k")).isEqualTo("v2");
        assertThat(cache.stats().writeFailures()).isZero();
    }

    @Test
    void put_writeIds_growIfTheRemoteTierOrdersThem() {
        for (int i = 0; i < 3; i++) {
            cache.put("k", "v" + i);
        }
        cache.delete("k");

        List<Long> ids = table.calls.stream().map(Table.Call::writeId).toList();
        if (setting.tiers().hasRemote()) {
            assertThat(ids).doesNotHaveDuplicates().isSorted().allMatch(id -> id > 0);
        } else {
            assertThat(ids).containsOnly(0L);
        }
    }

    @Test
    void put_invalidationMeanwhile_nothingIsStored() {
        table.after(key -> {
            cache.invalidate("k");
            table.set("k", "theirs");
        });

        cache.put("k", "v1");

        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("theirs");
    }

    @Test
    void put_anotherWriterMeanwhile_nothingIsStoredAndTheNextReaderLoads() {
        table.after(key -> {
            table.after(other -> {});
            cache.put("k", "v2");
            table.set("k", "whoever committed last");
        });

        cache.put("k", "v1");

        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("whoever committed last");
        assertThat(cache.getIfPresent("k")).isEqualTo("whoever committed last");
    }

    @Test
    void put_loadThatBeganBefore_isNotKept() {
        table.set("k", "v1");
        HeldLoader loader = new HeldLoader();
        Caller<String> reader = fixture.start(() -> cache.get("k", loader));
        loader.awaitCalled();

        cache.put("k", "v2");
        loader.answer("v1");

        assertThat(reader.await()).isEqualTo("v1");
        assertThat(cache.getIfPresent("k")).isEqualTo("v2");
    }

    @Test
    void put_writerFailsUnchecked_isThrownAsItIsAndTheKeyIsInvalidated() {
        cache.put("k", "v1");
        IllegalStateException failure = new IllegalStateException("duplicate");
        // As after a timeout: the change was made, and nobody was told.
        table.after(key -> {
            throw failure;
        });

        assertThatThrownBy(() -> cache.put("k", "v2")).isSameAs(failure);

        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("v2");
        assertThat(cache.getIfPresent("k")).as("the quarantine is over").isEqualTo("v2");
        assertThat(cache.stats().writeFailures()).isEqualTo(1);
    }

    @Test
    void put_writerFailsChecked_namesTheCache() {
        IOException failure = new IOException("gone");
        table.before(key -> {
            throw failure;
        });

        assertThatThrownBy(() -> cache.put("k", "v1"))
                .isInstanceOf(CacheWriteException.class)
                .hasMessageContaining("'texts'")
                .hasMessageContaining("java.lang.String")
                .hasCause(failure);
        assertThatThrownBy(() -> cache.delete("k")).isInstanceOf(CacheWriteException.class);
    }

    @Test
    void put_writerThrowsAnError_isThrownAsItIs() {
        AssertionError failure = new AssertionError();
        table.before(key -> {
            throw failure;
        });

        assertThatThrownBy(() -> cache.put("k", "v1")).isSameAs(failure);
        assertThat(cache.get("k")).isNull();
    }

    @Test
    void put_valueThatCannotBeEncoded_changesNothing() {
        if (!setting.tiers().hasRemote()) {
            return;
        }
        cache.put("k", "v1");

        assertThatThrownBy(() -> cache.put("k", "!")).isInstanceOf(CacheException.class);

        assertThat(table.calls).hasSize(1);
        assertThat(cache.getIfPresent("k")).isEqualTo("v1");
    }

    @Test
    void delete_originAndCacheHaveItNoMore() {
        cache.put("k", "v1");

        cache.delete("k");

        assertThat(table.read("k")).isNull();
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.entry("k")).isNull();
        assertThat(cache.get("k")).isNull();
    }

    @Test
    void delete_whereNullsAreCached_nullIsCached() {
        Calls caching = open(builder -> builder.nulls(NullCaching.cachedFor(Duration.ofMinutes(1))));
        caching.put("k", "v1");

        caching.delete("k");

        assertThat(caching.entry("k")).isNotNull();
        assertThat(caching.getIfPresent("k")).isNull();
        caching.put("k", "v2");
        caching.put("k", null);
        assertThat(caching.entry("k")).isNotNull();
        assertThat(table.read("k")).isNull();
    }

    @Test
    void put_nullWhereNullsAreNotCached_changesNothing() {
        cache.put("k", "v1");

        assertThatThrownBy(() -> cache.put("k", null))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("delete");

        assertThat(table.read("k")).isEqualTo("v1");
        assertThat(cache.getIfPresent("k")).isEqualTo("v1");
    }

    @Test
    void put_writerGivesAnOriginVersion_olderLoadsAreRefused() {
        Calls versioned = open(builder -> builder.writer(new CacheWriter<>() {
            @Override
            public void write(String key, String value, WriteContext context) {
                table.set(key, value);
                context.originVersion(7);
            }

            @Override
            public void delete(String key, WriteContext context) {}
        }));
        versioned.put("k", "v7");

        versioned.put("k", "v7 again");
        versioned.invalidate("k", 9);

        assertThat(versioned.getIfPresent("k")).isNull();
        versioned.put("k", "older than 9");
        assertThat(versioned.getIfPresent("k")).isNull();
    }

    @Test
    void put_writerGivesBadVersion_isTold() {
        Calls bad = open(builder -> builder.writer(new CacheWriter<>() {
            @Override
            public void write(String key, String value, WriteContext context) {
                context.originVersion(0);
            }

            @Override
            public void delete(String key, WriteContext context) {
                context.of("another");
            }
        }));

        assertThatThrownBy(() -> bad.put("k", "v"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("'texts'");
        assertThatThrownBy(() -> bad.delete("k"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'texts'");
    }

    @Test
    void putIfAbsent_withAWriter_isRefused() {
        assertThatThrownBy(() -> cache.putIfAbsent("k", "v1"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("writer");
        assertThat(table.calls).isEmpty();
    }

    @Test
    void delete_withoutAWriter_isRefused() {
        Calls without = fixture.open(fixture.instance(), builder -> builder, table::read);

        assertThatThrownBy(() -> without.delete("k"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("writer");
        assertThatThrownBy(() -> without.deleteAll(List.of("k"))).isInstanceOf(CacheException.class);
    }

    @Test
    void put_interruptedInTheWriter_failsWithItsFlagSet() throws InterruptedException {
        if (!setting.isSynchronous()) {
            return;
        }
        CountDownLatch called = new CountDownLatch(1);
        table.before(key -> {
            called.countDown();
            new CountDownLatch(1).await();
        });
        Caller<Boolean> caller = fixture.start(() -> {
            assertThatThrownBy(() -> cache.put("k", "v1"))
                    .isInstanceOf(CacheException.class)
                    .hasRootCauseInstanceOf(InterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        called.await();

        caller.thread().interrupt();

        assertThat(caller.await()).isTrue();
        table.before(key -> {});
        cache.put("k", "v2");
        assertThat(cache.getIfPresent("k")).isEqualTo("v2");
    }

    @Test
    void put_afterClose_isTold() {
        instance.crema().close();

        assertThatThrownBy(() -> cache.put("k", "v1"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("closed");
        assertThat(table.calls).isEmpty();
    }

    @Test
    void otherInstances_seeTheNewValue() {
        if (!setting.tiers().hasRemote()) {
            return;
        }
        Calls other = open(builder -> builder);
        cache.put("k", "v1");
        assertThat(other.get("k")).isEqualTo("v1");

        cache.put("k", "v2");

        assertThat(other.getIfPresent("k")).isEqualTo("v2");
        other.delete("k");
        assertThat(cache.get("k")).isNull();
    }

    @Test
    void around_originHasItAndNothingIsCached() {
        Calls around = open(builder -> builder.writePolicy(WritePolicy.around()));
        table.set("k", "v0");
        assertThat(around.get("k")).isEqualTo("v0");

        around.put("k", "v1");

        assertThat(table.calls.get(0).writeId()).isZero();
        assertThat(around.getIfPresent("k")).isNull();
        assertThat(around.get("k")).isEqualTo("v1");
        around.delete("k");
        assertThat(around.get("k")).isNull();
    }

    @Test
    void around_writerFails_theKeyIsInvalidatedAllTheSame() {
        Calls around = open(builder -> builder.writePolicy(WritePolicy.around()));
        table.set("k", "v0");
        assertThat(around.get("k")).isEqualTo("v0");
        table.after(key -> {
            throw new IllegalStateException("timeout");
        });

        assertThatThrownBy(() -> around.put("k", "v1")).isInstanceOf(IllegalStateException.class);

        assertThat(around.get("k")).isEqualTo("v1");
    }
}
