package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import io.crema.spi.BusConnection;
import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.EmbeddedSentinel;
import io.lettuce.core.RedisClient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One primary with replicas and sentinels for all tests; each has a cache of its own name. */
@Tag("end-to-end")
@Timeout(90)
class RedisSentinelTest {

    private static EmbeddedSentinel sentinel;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final String name = "cache-" + UUID.randomUUID();

    @BeforeAll
    static void startServers() {
        sentinel = EmbeddedSentinel.startWithPassword("secret");
    }

    @AfterAll
    static void stopServers() {
        sentinel.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        sentinel.heal();
    }

    @Test
    void crema_primaryKilled_readsAndWritesAgain() {
        Map<String, String> origin = new ConcurrentHashMap<>(Map.of("k", "before"));
        LoadingTieredCache<String, String> one = crema(origin);
        LoadingTieredCache<String, String> other = crema(origin);
        assertThat(one.get("k")).isEqualTo("before");
        assertThat(other.get("k")).isEqualTo("before");

        sentinel.failover();

        origin.put("k", "after");
        await().until(() -> isDone(() -> one.invalidate("k")));
        await().until(() -> "after".equals(other.get("k")));
        await().until(() -> isDone(() -> one.put("k", "put")));
    }

    @Test
    void crema_primaryHangs_readsAndWritesAgain() {
        Map<String, String> origin = new ConcurrentHashMap<>(Map.of("k", "before"));
        LoadingTieredCache<String, String> one = crema(origin);
        LoadingTieredCache<String, String> other = crema(origin);
        assertThat(one.get("k")).isEqualTo("before");
        assertThat(other.get("k")).isEqualTo("before");
        EmbeddedRedis old = sentinel.primary();

        old.pause();
        sentinel.awaitSuccessorOf(old);

        origin.put("k", "after");
        await().until(() -> isDone(() -> one.invalidate("k")));
        await().until(() -> "after".equals(other.get("k")));
    }

    @Test
    void guarantee_sentinel_namesThePrimaryAndWhatAFailoverMayLose() {
        Guarantee guarantee = get(remote().guarantee());
        assertThat(guarantee.bounded()).isTrue();
        assertThat(guarantee.transport())
                .startsWith("pub/sub of Redis primary ")
                .containsPattern(", sentinel '.+'\\)$");
        assertThat(guarantee.warnings()).singleElement().asString().contains("min-replicas-to-write 1");
    }

    @Test
    void commands_primaryDemoted_goToTheNewOne() {
        RemoteCache cache = open(remote());
        RemoteKey key = ServerTest.key(cache, "sA");
        get(cache.put(key, ServerTest.value("before"), 0, 0));

        sentinel.switchover();

        await().ignoreExceptions().untilAsserted(() -> get(cache.put(key, ServerTest.value("after"), 0, 0)));
        assertThat(ServerTest.text(get(cache.read(key, ReadMode.VALUE)).payload()))
                .isEqualTo("after");
    }

    @Test
    void heartbeat_primaryDemotedBehindItsBack_dropsTheConnectionAndComesBackToAPrimary() {
        RedisRemote remote = remote();
        open(remote);
        ClusterListener listener = new ClusterListener();
        remote.invalidations().start(listener);
        await().until(() -> listener.connections().size() == 1);
        BusConnection before = listener.connections().iterator().next();
        EmbeddedRedis primary = sentinel.primary();
        try (RedisClient client = RedisClient.create(primary.uri())) {
            // A server that is made a replica keeps its clients.
            client.connect()
                    .sync()
                    .replicaof("127.0.0.1", sentinel.replicas().get(0).port());
            assertThatThrownBy(() -> listener.heartbeat(before)).hasMessageContaining("READONLY");
        }

        await().until(() -> !listener.connections().contains(before)
                && listener.connections().size() == 1);

        await().ignoreExceptions()
                .until(() ->
                        listener.heartbeat(listener.connections().iterator().next()) != null);
    }

    @Test
    void lostMillis_failoverThatLosesWrites_isTheTimeThatIsLost() {
        RedisRemote remote = remote();
        open(remote);
        ClusterListener listener = new ClusterListener();
        remote.invalidations().start(listener);
        await().until(() -> listener.connections().size() == 1);
        BusConnection before = listener.connections().iterator().next();
        assertThat(before.lostMillis()).isEqualTo(Long.MAX_VALUE);
        listener.heartbeat(before);

        sentinel.failoverLosingWrites(() -> listener.heartbeat(before));

        await().until(() -> !listener.connections().contains(before)
                && listener.connections().size() == 1);
        BusConnection after = listener.connections().iterator().next();
        assertThat(after.lostMillis()).isPositive().isLessThan(90_000);
    }

    @Test
    void open_sentinelsDown_failsAtOnceAndConnectsLater() {
        sentinel.sentinels().forEach(EmbeddedRedis::kill);
        RedisRemote remote = remote();
        assertThatThrownBy(() -> get(remote.open(new CacheTerms(name, "standard-1"))))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("Not connected to Redis primary mymaster of the sentinels at 127.0.0.1:");
        sentinel.heal();
        assertThat(open(remote).partitions()).isEqualTo(16);
    }

    @Test
    void open_wrongPassword_saysSo() {
        RedisRemote remote = opened(RedisRemote.connect(sentinel.uri().replace("secret", "wrong")));
        assertThatThrownBy(() -> get(remote.open(new CacheTerms(name, "standard-1"))))
                .hasMessageContaining("WRONGPASS")
                .hasMessageNotContaining("wrong:");
    }

    private LoadingTieredCache<String, String> crema(Map<String, String> origin) {
        Crema crema = opened(
                Crema.builder().remote(RedisRemote.connect(sentinel.uri())).build());
        return crema.<String, String>cache(name)
                .codec(PlainCodec.strings())
                .near(Near.entries(100))
                .build(origin::get);
    }

    private static boolean isDone(Runnable write) {
        try {
            write.run();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private RedisRemote remote() {
        return opened(RedisRemote.connect(sentinel.uri()));
    }

    private RemoteCache open(RedisRemote remote) {
        return ServerTest.open(remote, new CacheTerms(name, "standard-1"));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    private static <T> T get(CompletableFuture<T> future) {
        return ServerTest.get(future);
    }
}
