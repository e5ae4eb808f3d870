package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.LoadContext;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.redis.codec.PlainCodec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tags, expiry and origin versions over a real server. */
class TagsOnRedisTest extends ServerTest {

    /** A row of the origin. */
    private record Row(String text, long version, List<String> tags) {

        Row(String text, long version, String... tags) {
            this(text, version, List.of(tags));
        }
    }

    private final Map<Long, Row> table = new ConcurrentHashMap<>();
    private final AtomicInteger loads = new AtomicInteger();

    private LoadingTieredCache<Long, String> instance() {
        Crema crema =
                opened(Crema.builder().remote(RedisRemote.connect(redis.uri())).build());
        return crema.<Long, String>cache("texts").codec(PlainCodec.strings()).buildWithContext(this::load);
    }

    private String load(Long id, LoadContext<String> context) {
        loads.incrementAndGet();
        Row row = table.get(id);
        context.tags(row.tags()).originVersion(row.version());
        return row.text();
    }

    private static void awaitGone(LoadingTieredCache<Long, String> cache, long id) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(cache.getIfPresent(id)).isNull());
    }

    @Test
    void invalidateTag_loadedAndPutEntries_areGoneInAllInstances() {
        LoadingTieredCache<Long, String> a = instance();
        LoadingTieredCache<Long, String> b = instance();
        table.put(1L, new Row("one", 1, "odd", "sm\u00E5ll {x} \uD83D\uDE00"));
        table.put(2L, new Row("two", 1, "even"));
        assertThat(a.get(1L)).isEqualTo("one");
        assertThat(a.get(2L)).isEqualTo("two");
        a.put(3L, "three", EntryOptions.defaults().tags("odd"));
        for (long id = 1; id <= 3; id++) {
            assertThat(b.getIfPresent(id)).as("of the remote tier").isNotNull();
        }
        assertThat(loads).hasValue(2);

        a.invalidateTag("odd");

        assertThat(a.getIfPresent(1L)).isNull();
        assertThat(a.getIfPresent(3L)).isNull();
        assertThat(a.getIfPresent(2L)).isEqualTo("two");
        assertThat(b.reading(ReadConsistency.LATEST).getIfPresent(1L)).isNull();
        awaitGone(b, 1);
        awaitGone(b, 3);
        assertThat(b.getIfPresent(2L)).isEqualTo("two");

        table.put(1L, new Row("one again", 2, "odd"));
        assertThat(b.get(1L)).isEqualTo("one again");
        assertThat(a.get(1L)).isEqualTo("one again");
        assertThat(loads).hasValue(3);
    }

    @Test
    void putIfAbsent_overDeadTags_stores() {
        LoadingTieredCache<Long, String> a = instance();
        a.put(1L, "one", EntryOptions.defaults().tags("odd"));
        assertThat(a.putIfAbsent(1L, "other")).isFalse();

        a.invalidateTag("odd");

        assertThat(a.putIfAbsent(1L, "other")).isTrue();
        assertThat(instance().getIfPresent(1L)).isEqualTo("other");
    }

    @Test
    void expire_isLoadedAnewOnce() {
        LoadingTieredCache<Long, String> a = instance();
        LoadingTieredCache<Long, String> b = instance();
        table.put(1L, new Row("one", 1));
        assertThat(a.get(1L)).isEqualTo("one");
        assertThat(b.get(1L)).isEqualTo("one");
        table.put(1L, new Row("new", 2));

        b.expire(1L);

        assertThat(b.getIfPresent(1L)).isNull();
        awaitGone(a, 1);
        assertThat(a.get(1L)).isEqualTo("new");
        assertThat(b.get(1L)).isEqualTo("new");
        assertThat(loads).hasValue(2);
    }

    @Test
    void originVersions_olderOnes_areNotStored() {
        LoadingTieredCache<Long, String> a = instance();
        LoadingTieredCache<Long, String> b = instance();
        long newer = (1L << 53) + 1;
        a.put(1L, "newer", EntryOptions.defaults().originVersion(newer));
        b.put(1L, "older", EntryOptions.defaults().originVersion(newer - 1));
        assertThat(a.getIfPresent(1L)).isEqualTo("newer");
        assertThat(b.getIfPresent(1L)).isEqualTo("newer");

        a.invalidate(1L, -1);
        table.put(1L, new Row("lagging", newer));
        awaitGone(b, 1);

        assertThat(b.get(1L)).isEqualTo("lagging");
        assertThat(loads).as("asked again twice").hasValue(3);
        assertThat(b.getIfPresent(1L)).isNull();
        table.put(1L, new Row("current", -1));
        assertThat(b.get(1L)).isEqualTo("current");
        assertThat(a.getIfPresent(1L)).isEqualTo("current");
    }
}
