package io.crema.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tags of instances that have near tiers alone, over a real PostgreSQL. Each value has its key's first letter as tag. */
class TagsOnPostgresTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TestDatabase database;

    private final List<Crema> cremas = new ArrayList<>();
    private final Map<String, String> origin = new ConcurrentHashMap<>();
    private final String name = "cache-" + UUID.randomUUID();
    private volatile Runnable duringLoad = () -> {};
    private LoadingTieredCache<String, String> a;
    private LoadingTieredCache<String, String> b;

    @BeforeAll
    static void startServer() throws SQLException {
        database = TestDatabase.start();
        database.execute(PostgresInvalidation.schemaSql());
    }

    @AfterAll
    static void stopServer() {
        database.close();
    }

    @BeforeEach
    void build() {
        a = instance();
        b = instance();
    }

    @AfterEach
    void close() {
        cremas.forEach(Crema::close);
    }

    private LoadingTieredCache<String, String> instance() {
        Crema crema = Crema.builder()
                .remote(PostgresInvalidation.connect(database.url(), TestDatabase.USER, ""))
                .build();
        cremas.add(crema);
        return crema.<String, String>cache(name).buildWithContext((key, load) -> {
            load.tags(key.substring(0, 1));
            String value = origin.get(key);
            duringLoad.run();
            return value;
        });
    }

    /** Loads until it is kept: a load is not, whose instance is behind the tags. */
    private void awaitNear(LoadingTieredCache<String, String> cache, String key, String value) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cache.get(key)).isEqualTo(value);
            assertThat(cache.getIfPresent(key)).isEqualTo(value);
        });
    }

    @Test
    void invalidateTag_loadedAndPutEntries_areGoneInAllInstancesAndOthersStay() {
        List<String> keys = List.of("red-1", "red-2", "blue-1");
        keys.forEach(key -> origin.put(key, "old"));
        for (String key : keys) {
            awaitNear(a, key, "old");
            awaitNear(b, key, "old");
        }
        a.put("red-3", "old", EntryOptions.defaults().tags("r"));
        assertThat(a.getIfPresent("red-3")).isEqualTo("old");
        long loads = b.stats().loads();
        keys.forEach(key -> origin.put(key, "new"));

        a.invalidateTag("r");

        assertThat(a.getAllPresent(List.of("red-1", "red-2", "red-3", "blue-1")))
                .containsOnlyKeys("blue-1");
        awaitNear(b, "red-1", "new");
        awaitNear(b, "red-2", "new");
        assertThat(b.getIfPresent("blue-1")).isEqualTo("old");
        assertThat(b.stats().loads()).isGreaterThanOrEqualTo(loads + 2);
    }

    @Test
    void invalidateTag_whileTheOriginIsRead_theValueIsNotKept() throws Exception {
        origin.put("red-1", "old");
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        duringLoad = () -> {
            read.countDown();
            awaitLatch(go);
        };
        CompletableFuture<String> load = b.async().get("red-1").toCompletableFuture();
        awaitLatch(read);
        origin.put("red-1", "new");

        a.invalidateTag("r");
        go.countDown();

        assertThat(load.get(30, TimeUnit.SECONDS)).isEqualTo("old");
        assertThat(b.getIfPresent("red-1")).isNull();
        awaitNear(b, "red-1", "new");
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
