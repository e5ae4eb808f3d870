package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import io.crema.redis.internal.store.RedisCache;
import io.crema.spi.BusConnection;
import io.crema.spi.CacheTerms;
import io.crema.spi.Opening;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.testkit.EmbeddedCluster;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.SlotMove;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One cluster for all tests; each has a cache of its own name. */
@Tag("end-to-end")
@Timeout(90)
class RedisClusterTest {

    private static EmbeddedCluster cluster;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final String name = "cache-" + UUID.randomUUID();

    @BeforeAll
    static void startCluster() {
        cluster = EmbeddedCluster.start();
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        cluster.heal();
    }

    @Test
    void crema_primaryKilled_readsAndWritesAgain() {
        Map<String, String> origin = new ConcurrentHashMap<>();
        LoadingTieredCache<String, String> one = crema(origin);
        LoadingTieredCache<String, String> other = crema(origin);
        List<String> keys = IntStream.range(0, 20).mapToObj(i -> "k" + i).toList();
        for (String key : keys) {
            origin.put(key, "before");
            assertThat(one.get(key)).isEqualTo("before");
            assertThat(other.get(key)).isEqualTo("before");
        }

        cluster.failover(0);

        for (String key : keys) {
            origin.put(key, "after");
            patiently().until(() -> isDone(() -> one.invalidate(key)));
            patiently().until(() -> "after".equals(other.get(key)));
        }
        for (String key : keys) {
            patiently().until(() -> isDone(() -> one.put(key, "put")));
        }
    }

    @Test
    void slotMove_underTraffic_writesGoOnAndNothingIsLost() {
        RedisCache cache = open(remote());
        int slot = slotOf(cache, 3);
        RemoteKey key = keyIn(cache, 3, "k");
        List<CompletableFuture<?>> filling = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            filling.add(cache.put(keyIn(cache, 3, i + "-"), ServerTest.value("filling"), 0, 0));
        }
        filling.forEach(RedisClusterTest::get);
        AtomicInteger done = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<List<String>> failures = CompletableFuture.supplyAsync(
                () -> {
                    List<String> failed = new ArrayList<>();
                    for (int i = 0; !stop.get(); i++) {
                        String text = "v" + i;
                        try {
                            get(cache.put(key, ServerTest.value(text), 0, 0));
                            RemoteRecord found = get(cache.read(key, ReadMode.VALUE_AND_FLOOR));
                            assertThat(ServerTest.text(found.payload())).isEqualTo(text);
                            done.incrementAndGet();
                        } catch (CompletionException e) {
                            failed.add(String.valueOf(e.getCause().getMessage()));
                        }
                    }
                    return failed;
                },
                task -> new Thread(task, "traffic").start());
        EmbeddedRedis source = cluster.primaryOf(slot);
        for (int round = 0; round < 3; round++) {
            int before = done.get();
            await().until(() -> done.get() > before);
            cluster.moveSlot(slot, otherThan(cluster.primaryOf(slot)));
        }
        cluster.moveSlot(slot, source);
        stop.set(true);

        assertThat(get(failures)).allMatch(message -> message.startsWith("TRYAGAIN"));
        get(cache.put(key, ServerTest.value("last"), 0, 0));
        assertThat(ServerTest.text(get(cache.read(key, ReadMode.VALUE)).payload()))
                .isEqualTo("last");
    }

    @Test
    void slotMove_halfDone_commandsAreSentToWhereTheKeysAre() {
        RedisCache cache = open(remote());
        int slot = slotOf(cache, 3);
        List<RemoteKey> keys = List.of(keyIn(cache, 3, "a"), keyIn(cache, 3, "b"), keyIn(cache, 3, "c"));
        get(cache.clear(3, 0));
        for (RemoteKey key : keys) {
            get(cache.put(key, ServerTest.value("v"), 0, 0));
        }
        RemoteKey absent = keyIn(cache, 3, "absent");
        SlotMove move = cluster.beginMove(slot, otherThan(cluster.primaryOf(slot)));
        try {
            for (boolean more = true; more; more = move.moveKeys(1) > 0) {
                assertThat(get(cache.readAll(keys, ReadMode.VALUE))).allMatch(record -> record.kind() == Kind.VALUE);
                assertThat(get(cache.readAll(keys, ReadMode.VALUE_AND_FLOOR)))
                        .allMatch(record -> record.kind() == Kind.VALUE && record.floor() > 0);
                assertThat(get(cache.readAll(keys, ReadMode.HEADER)))
                        .allMatch(record -> record.kind() == Kind.VALUE && record.floor() > 0);
                List<CompletableFuture<RemoteRecord>> together = new ArrayList<>();
                keys.forEach(key -> together.add(cache.read(key, ReadMode.VALUE)));
                together.add(cache.read(absent, ReadMode.VALUE));
                assertThat(together)
                        .map(RedisClusterTest::get)
                        .extracting(RemoteRecord::kind)
                        .containsExactly(Kind.VALUE, Kind.VALUE, Kind.VALUE, Kind.ABSENT);
            }
            // All keys are at the other node, which does not own the slot yet: ASK.
            get(cache.put(keys.get(0), ServerTest.value("asked"), 0, 0));
            // The key is at neither, the clock is at the other: TRYAGAIN, until the caller is told.
            assertThatThrownBy(() -> get(cache.put(absent, ServerTest.value("x"), 0, 0)))
                    .hasMessageContaining("TRYAGAIN");
        } finally {
            move.finish();
        }
        get(cache.put(absent, ServerTest.value("x"), 0, 0));
        assertThat(ServerTest.text(get(cache.read(keys.get(0), ReadMode.VALUE)).payload()))
                .isEqualTo("asked");
    }

    @Test
    void slotMove_subscribed_goesFromOneConnectionToTheOther() {
        RedisRemote remote = remote();
        RedisCache cache = open(remote);
        int slot = slotOf(cache, 3);
        ClusterListener listener = new ClusterListener();
        remote.invalidations().start(listener);
        await().until(() -> listener.connections().size() == 3);
        BusConnection before = listener.carrierOf(name, 3);
        listener.subscribe(name, 3);
        long first = stamp(cache);
        await().until(() -> listener.stamps(before).contains(first));

        EmbeddedRedis source = cluster.primaryOf(slot);
        SlotMove move = cluster.beginMove(slot, otherThan(source));
        listener.heartbeat(before);
        assertThat(before.carries(name)).doesNotContain(3);
        assertThat(listener.gone(before)).contains(3);
        move.finish();

        await().until(() -> listener.carrierOf(name, 3) != null);
        BusConnection after = listener.carrierOf(name, 3);
        assertThat(after).isNotSameAs(before);
        assertThat(listener.assigned()).contains(after);
        listener.subscribe(name, 3);
        long second = stamp(cache);
        await().until(() -> listener.stamps(after).contains(second));
        assertThat(listener.stamps(before)).doesNotContain(second);
        cluster.moveSlot(slot, source);
        listener.heartbeat(before);
        await().until(() -> listener.carrierOf(name, 3) == before);
    }

    @Test
    void slotMove_givenUp_partitionComesBack() {
        RedisRemote remote = remote();
        RedisCache cache = open(remote);
        int slot = slotOf(cache, 3);
        ClusterListener listener = new ClusterListener();
        remote.invalidations().start(listener);
        await().until(() -> listener.connections().size() == 3);
        BusConnection connection = listener.carrierOf(name, 3);
        listener.subscribe(name, 3);
        cluster.beginMove(slot, otherThan(cluster.primaryOf(slot)));
        listener.heartbeat(connection);
        assertThat(connection.carries(name)).doesNotContain(3);

        for (EmbeddedRedis node : cluster.primaries()) {
            try (RedisClient client = RedisClient.create(node.uri())) {
                client.connect().sync().clusterSetSlotStable(slot);
            }
        }
        listener.heartbeat(connection);

        assertThat(connection.carries(name)).contains(3);
        assertThat(listener.assigned()).contains(connection);
        long stamp = stamp(cache);
        await().until(() -> listener.stamps(connection).contains(stamp));
    }

    @Test
    void primaryKilled_bus_connectsToItsSuccessorAndSaysWhatMayBeLost() {
        RedisRemote remote = remote();
        RedisCache cache = open(remote);
        int slot = slotOf(cache, 3);
        ClusterListener listener = new ClusterListener();
        remote.invalidations().start(listener);
        await().until(() -> listener.connections().size() == 3);
        BusConnection before = listener.carrierOf(name, 3);
        assertThat(before.lostMillis()).isEqualTo(Long.MAX_VALUE);
        listener.heartbeat(before);

        cluster.failoverLosingWrites(slot, () -> listener.heartbeat(before));

        await().until(() -> listener.connections().size() == 3 && listener.carrierOf(name, 3) != null);
        BusConnection after = listener.carrierOf(name, 3);
        assertThat(after).isNotSameAs(before);
        assertThat(after.lostMillis()).isPositive().isLessThan(90_000);
    }

    @Test
    void open_clusterDown_failsAtOnceAndConnectsLater() {
        cluster.nodes().forEach(EmbeddedRedis::kill);
        RedisRemote remote = remote();
        try {
            assertThatThrownBy(() -> get(remote.open(new CacheTerms(name, "standard-1"))))
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("Not connected to Redis Cluster at 127.0.0.1:");
        } finally {
            cluster.heal();
        }
        assertThat(open(remote).partitions()).isEqualTo(16);
    }

    @Test
    void open_oneNodeIsKnownAndAnotherIsDown_connectsToAll() {
        int dead = cluster.nodes().get(5).port();
        cluster.nodes().get(5).kill();
        RedisRemote remote = opened(
                RedisRemote.cluster("redis://127.0.0.1:" + dead, cluster.uris().get(1)));
        // At the first attempt.
        assertThat(get(remote.open(new CacheTerms(name, "standard-1")))).isInstanceOf(Opening.Agreed.class);
        RedisCache cache = open(remote);
        for (int p = 0; p <= cache.partitions(); p++) {
            assertThat(get(cache.clear(p, 0))).isPositive();
        }
    }

    @Test
    void connect_nodeOfAClusterAsStandalone_saysWhatToCall() {
        RedisRemote remote = opened(RedisRemote.connect(cluster.uris().get(0)));
        assertThatThrownBy(() -> get(remote.open(new CacheTerms(name, "standard-1"))))
                .hasMessageContaining("is a node of a Redis Cluster")
                .hasMessageContaining("RedisRemote.cluster");
        assertThatThrownBy(() -> get(remote.guarantee())).hasMessageContaining("RedisRemote.cluster");
    }

    @Test
    void cluster_standaloneServer_saysWhatToCall() {
        EmbeddedRedis single = opened(EmbeddedRedis.start());
        RedisRemote remote = opened(RedisRemote.cluster(single.uri()));
        assertThatThrownBy(() -> get(remote.open(new CacheTerms(name, "standard-1"))))
                .hasMessageContaining("is not a node of a Redis Cluster")
                .hasMessageContaining("RedisRemote.connect");
    }

    @Test
    void crema_allNodesDownAtStart_saysSoAndWorksOnceTheyAreThere() {
        cluster.nodes().forEach(EmbeddedRedis::kill);
        LogLines log = opened(new LogLines());
        Map<String, String> origin = new ConcurrentHashMap<>(Map.of("k", "1"));
        LoadingTieredCache<String, String> one = crema(origin);
        assertThat(one.get("k")).isEqualTo("1");
        await().untilAsserted(() -> assertThat(log.warnings())
                .filteredOn(line -> line.startsWith("Cache '"))
                .singleElement()
                .asString()
                .contains("Redis Cluster at 127.0.0.1:")
                .contains("cannot be reached; working without it and trying on"));

        cluster.heal();
        origin.put("k", "2");
        patiently().until(() -> isDone(() -> one.invalidate("k")));
        assertThat(one.get("k")).isEqualTo("2");
        LoadingTieredCache<String, String> other = crema(origin);
        assertThat(other.get("k")).isEqualTo("2");
        origin.put("k", "3");
        patiently().until(() -> isDone(() -> other.invalidate("k")));
        patiently().until(() -> "3".equals(one.get("k")));
        assertThat(log.warnings())
                .filteredOn(line -> line.startsWith("Cache '"))
                .hasSize(1);
    }

    @Test
    void guarantee_cluster_namesShardChannels() {
        assertThat(get(remote().guarantee()).transport()).startsWith("sharded pub/sub of Redis Cluster at 127.0.0.1:");
    }

    @Test
    void crema_slotMoved_instancesStayInStep() {
        Map<String, String> origin = new ConcurrentHashMap<>(Map.of("k", "v0"));
        LoadingTieredCache<String, String> one = crema(origin);
        LoadingTieredCache<String, String> other = crema(origin);
        RedisCache cache = open(remote());
        int partition = ServerTest.key(cache, "sk").partition();
        int slot = slotOf(cache, partition);
        for (int round = 1; round <= 3; round++) {
            assertThat(other.get("k")).isEqualTo(origin.get("k"));
            String text = "v" + round;
            origin.put("k", text);
            cluster.moveSlot(slot, otherThan(cluster.primaryOf(slot)));
            patiently().until(() -> isDone(() -> one.invalidate("k")));
            patiently().until(() -> text.equals(other.get("k")));
        }
    }

    @Test
    void close_leavesNoThread() {
        RedisRemote remote = RedisRemote.cluster(cluster.uri());
        open(remote);
        remote.invalidations().start(new ClusterListener());
        remote.close();
        remote.close();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(thread -> thread.startsWith("lettuce-")));
    }

    @Test
    void existingClient_close_leavesIt() {
        RedisClusterClient client = opened(RedisClusterClient.create(cluster.uri()));
        RedisRemote remote = opened(
                RedisRemote.builder(client, RedisURI.create(cluster.uris().get(0)))
                        .build());
        RedisCache cache = open(remote);
        get(cache.put(keyIn(cache, 3, "k"), ServerTest.value("x"), 0, 0));
        remote.close();
        assertThat(client.connect().sync().ping()).isEqualTo("PONG");
    }

    private LoadingTieredCache<String, String> crema(Map<String, String> origin) {
        Crema crema = opened(
                Crema.builder().remote(RedisRemote.cluster(cluster.uri())).build());
        return crema.<String, String>cache(name)
                .codec(PlainCodec.strings())
                .near(Near.entries(100))
                .build(origin::get);
    }

    private static ConditionFactory patiently() {
        return await().pollDelay(Duration.ZERO);
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
        return opened(RedisRemote.cluster(cluster.uri()));
    }

    private RedisCache open(RedisRemote remote) {
        return (RedisCache) ServerTest.open(remote, new CacheTerms(name, "standard-1"));
    }

    private static long stamp(RedisCache cache) {
        return get(cache.invalidate(3, List.of(keyIn(cache, 3, "k")), 0, 0)).stamp();
    }

    private static EmbeddedRedis otherThan(EmbeddedRedis primary) {
        return cluster.primaries().stream()
                .filter(node -> node != primary)
                .findFirst()
                .orElseThrow();
    }

    private static int slotOf(RedisCache cache, int partition) {
        return EmbeddedCluster.slotOf(cache.layout().prefix(partition));
    }

    private static RemoteKey keyIn(RemoteCache cache, int partition, String start) {
        for (int i = 0; ; i++) {
            byte[] bytes = ServerTest.bytes("s" + start + i);
            if (cache.partitionOf(bytes) == partition) {
                return new RemoteKey(partition, bytes);
            }
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    private static <T> T get(CompletableFuture<T> future) {
        return ServerTest.get(future);
    }
}
