package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.redis.internal.client.Keeper;
import io.crema.spi.BusConnection;
import io.crema.spi.CacheTerms;
import io.crema.spi.LeaseMode;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisRemoteTest extends ServerTest {

    @Test
    void open_firstInstance_setsTheTermsForTheNext() {
        RemoteCache first = open(opened(
                RedisRemote.builder(redis.uri()).namespace("shop").partitions(4).build()));
        RemoteCache second = open(opened(RedisRemote.builder(redis.uri())
                .namespace("shop")
                .partitions(32)
                .build()));

        assertThat(first.name()).isEqualTo("products");
        assertThat(first.partitions()).isEqualTo(4);
        assertThat(second.partitions()).isEqualTo(4);
        stored(first.put(key(first, "sA"), value("x"), 0, 0));
        assertThat(get(second.read(key(second, "sA"), ReadMode.VALUE)).kind()).isEqualTo(Kind.VALUE);
        RemoteCache other = open(remote());
        assertThat(other.partitions()).isEqualTo(16);
        assertThat(get(other.read(key(other, "sA"), ReadMode.VALUE)).kind()).isEqualTo(Kind.ABSENT);
    }

    @Test
    void open_otherKeyFormat_isRefused() {
        RedisRemote remote = remote();
        open(remote);
        Opening opening = get(remote.open(new CacheTerms("products", "enum-1:a.B")));
        assertThat(opening).isInstanceOf(Opening.Refused.class);
        assertThat(((Opening.Refused) opening).reason())
                .contains("products")
                .contains("enum-1:a.B")
                .contains("standard-1");
    }

    @Test
    void open_sameNameOfAnotherNamespace_isRefused() {
        open(opened(RedisRemote.builder(redis.uri()).namespace("a:b").build()), new CacheTerms("c", "standard-1"));
        RedisRemote other =
                opened(RedisRemote.builder(redis.uri()).namespace("a").build());
        open(other);
        assertThat(get(other.open(new CacheTerms("b:c", "standard-1")))).isInstanceOf(Opening.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a{b}", "}"})
    void open_badName_isRefused(String name) {
        RedisRemote remote = remote();
        assertThatThrownBy(() -> remote.open(new CacheTerms(name, "standard-1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache name");
    }

    @Test
    void builder_badSettings_areRefused() {
        assertThatThrownBy(() -> RedisRemote.connect("http://localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis://");
        assertThatThrownBy(() -> RedisRemote.connect("redis://:secret password@host"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> RedisRemote.connect("redis-sentinel://localhost:26379"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("redis-sentinel://");
        assertThatThrownBy(() -> RedisRemote.connect("redis://one,two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RedisRemote.cluster");
        assertThatThrownBy(() -> RedisRemote.cluster("redis://:secret@one,two/3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(RedisRemote::cluster)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No node");
        RedisRemote.Builder builder = RedisRemote.builder("redis://localhost");
        assertThatThrownBy(() -> builder.namespace("a{b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.partitions(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.partitions(257)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.limits(new Limits(65_001, 1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void limits_defaultsAndSet_areReported() {
        assertThat(remote().limits()).isEqualTo(new Limits(1024, 8 * 1024 * 1024));
        Limits limits = new Limits(10, 20);
        assertThat(opened(RedisRemote.builder(redis.uri()).limits(limits).build())
                        .limits())
                .isEqualTo(limits);
    }

    @Test
    void toString_credentials_areNotInIt() {
        RedisRemote remote = opened(RedisRemote.connect("redis://user:secret@127.0.0.1:1/3"));
        assertThat(remote).hasToString("Redis at 127.0.0.1:1/3");
    }

    @Test
    void connect_passwordAndDatabase_areUsed() {
        EmbeddedRedis guarded = opened(EmbeddedRedis.start("--requirepass", "secret"));
        String address = "127.0.0.1:" + guarded.port() + "/2";
        RedisRemote remote = opened(RedisRemote.connect("redis://:secret@" + address));
        RecordingListener listener = new RecordingListener();
        remote.invalidations().start(listener);
        RemoteCache cache = open(remote);
        stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        await().until(() -> listener.events.contains("connected"));

        RedisClient client = opened(RedisClient.create("redis://:secret@" + address));
        assertThat(client.connect().sync().exists("crema:products:meta")).isEqualTo(1);
    }

    @Test
    void connect_wrongPassword_isSaidInErrorsAndLoggedOnce() {
        EmbeddedRedis guarded = opened(EmbeddedRedis.start("--requirepass", "secret"));
        List<String> warnings = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(Keeper.class.getName());
        Handler handler = collecting(warnings);
        logger.addHandler(handler);
        try {
            RedisRemote remote = opened(RedisRemote.connect("redis://:wrong-one@127.0.0.1:" + guarded.port()));
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> get(remote.open(TERMS)))
                        .hasMessageContaining("Not connected to Redis at 127.0.0.1:" + guarded.port())
                        .hasMessageContaining("WRONGPASS")
                        .hasMessageNotContaining("wrong-one");
            }
            await().until(() -> attempts(guarded) > 3);
            assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("WRONGPASS")
                    .doesNotContain("wrong-one");
        } finally {
            logger.removeHandler(handler);
        }
    }

    /** How often somebody has failed to say the password. */
    private int attempts(EmbeddedRedis server) {
        RedisClient client = opened(RedisClient.create("redis://:secret@127.0.0.1:" + server.port()));
        String stats = client.connect().sync().info("errorstats");
        int at = stats.indexOf("errorstat_WRONGPASS:count=");
        return at < 0
                ? 0
                : Integer.parseInt(stats.substring(at)
                        .lines()
                        .findFirst()
                        .orElseThrow()
                        .substring("errorstat_WRONGPASS:count=".length()));
    }

    private static Handler collecting(List<String> warnings) {
        return new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLevel() == Level.WARNING) {
                    warnings.add(record.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    @Test
    void lostMillis_newConnections_tellWhatTheServerForgot() {
        RedisRemote remote = remote();
        open(remote);
        ClusterListener listener = new ClusterListener();
        remote.invalidations().start(listener);
        BusConnection first = nextConnection(listener, null);
        assertThat(first.lostMillis()).isEqualTo(Long.MAX_VALUE);
        listener.heartbeat(first);

        first.reset();
        BusConnection second = nextConnection(listener, first);
        assertThat(second.lostMillis()).isZero();
        listener.heartbeat(second);

        redis.restart();
        BusConnection third = nextConnection(listener, second);
        assertThat(third.lostMillis()).isEqualTo(Long.MAX_VALUE);
    }

    private static BusConnection nextConnection(ClusterListener listener, @Nullable BusConnection before) {
        await().until(() -> listener.connections().size() == 1
                && !listener.connections().contains(before == null ? listener : before));
        return listener.connections().iterator().next();
    }

    @Test
    void connect_serverNotThere_failsAtOnceAndConnectsLater() {
        redis.kill();
        RedisRemote remote = remote();
        assertThatThrownBy(() -> get(remote.open(TERMS)))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("Not connected to Redis at 127.0.0.1:" + redis.port());
        redis.restart();
        assertThat(open(remote).partitions()).isEqualTo(16);
    }

    @Test
    void kill_commandsUnderWay_failAtOnceAndAreNotSentAgain() {
        killAndRestart(remote());
    }

    @Test
    void kill_existingReconnectingClient_commandsFailAndAreNotSentAgain() {
        RedisClient client = opened(RedisClient.create());
        killAndRestart(
                opened(RedisRemote.builder(client, RedisURI.create(redis.uri())).build()));
    }

    private void killAndRestart(RedisRemote remote) {
        RemoteCache cache = open(remote);
        RemoteKey key = key(cache, "sA");
        redis.pause();
        List<CompletableFuture<?>> underWay = new ArrayList<>(List.of(
                cache.put(key, value("x"), 0, 0),
                cache.lease(key, 1, LeaseMode.UNLESS_FRESH, 1_000, 0),
                cache.invalidate(key.partition(), List.of(key), 0, 0),
                cache.readAll(List.of(key), ReadMode.HEADER)));
        for (int i = 0; i < 300; i++) {
            underWay.add(cache.read(key, ReadMode.VALUE));
        }
        redis.kill();
        for (CompletableFuture<?> future : underWay) {
            assertThatThrownBy(() -> get(future)).isInstanceOf(CompletionException.class);
        }
        await().untilAsserted(() ->
                assertThatThrownBy(() -> get(cache.read(key, ReadMode.VALUE))).hasMessageContaining("Not connected"));
        redis.restart();

        RemoteCache again = open(remote);
        assertThat(get(again.read(key, ReadMode.VALUE)).kind()).isEqualTo(Kind.ABSENT);
        String calls = plain().info("commandstats");
        // Opening the cache again starts its clocks, by digest, and by source until the server knows it; a put, a lease
        // or an invalidation that came late would be one more, and the reads would be as many as were under way.
        int partitions = again.partitions() + 1;
        assertThat(calls)
                .contains("cmdstat_evalsha:calls=" + partitions + ",")
                .contains("cmdstat_set:calls=" + partitions + ",")
                .contains("cmdstat_mget:calls=1,")
                .doesNotContain("cmdstat_incrby", "cmdstat_publish", "cmdstat_getrange");
        stored(cache.put(key, value("y"), 0, 0));
        assertThat(text(get(cache.read(key, ReadMode.VALUE)).payload())).isEqualTo("y");
    }

    @Test
    void restart_again_reconnectsEachTime() {
        RedisRemote remote = remote();
        RemoteCache cache = open(remote);
        for (int i = 0; i < 3; i++) {
            redis.restart();
            open(remote);
            stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        }
    }

    @Test
    void pause_thenResume_commandsAreAnsweredAfterwards() {
        RemoteCache cache = open(remote());
        redis.pause();
        CompletableFuture<?> put = cache.put(key(cache, "sA"), value("x"), 0, 0);
        CompletableFuture<?> read = cache.read(key(cache, "sA"), ReadMode.VALUE);
        assertThat(put).isNotDone();
        redis.resume();
        get(put);
        get(read);
    }

    @Test
    void existingClient_close_leavesItAndItsOptionsButNoConnection() {
        RedisClient client = opened(RedisClient.create());
        ClientOptions options = ClientOptions.builder()
                .timeoutOptions(TimeoutOptions.builder()
                        .fixedTimeout(Duration.ofSeconds(30))
                        .build())
                .build();
        client.setOptions(options);
        RedisRemote remote =
                RedisRemote.builder(client, RedisURI.create(redis.uri())).build();
        RecordingListener listener = new RecordingListener();
        remote.invalidations().start(listener);
        RemoteCache cache = open(remote);
        stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        await().until(() -> listener.events.contains("connected"));

        remote.close();

        assertThat(client.getOptions()).isSameAs(options);
        RedisCommands<String, String> own =
                client.connect(RedisURI.create(redis.uri())).sync();
        assertThat(own.ping()).isEqualTo("PONG");
        await().untilAsserted(() -> assertThat(own.clientList().split("\n")).hasSize(1));
    }

    @Test
    void close_ownClient_leavesNoThreadAndFailsWhatIsUnderWay() {
        await().until(() -> nettyThreads().isEmpty());
        RedisRemote remote = RedisRemote.connect(redis.uri());
        RemoteCache cache = open(remote);
        remote.invalidations().start(new RecordingListener());
        stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        assertThat(nettyThreads()).isNotEmpty();
        redis.pause();
        CompletableFuture<?> read = cache.read(key(cache, "sA"), ReadMode.VALUE);
        CompletableFuture<?> put = cache.put(key(cache, "sA"), value("x"), 0, 0);

        remote.close();
        remote.close();

        assertThatThrownBy(() -> get(read)).isInstanceOf(CompletionException.class);
        assertThatThrownBy(() -> get(put)).isInstanceOf(CompletionException.class);
        assertThatThrownBy(() -> get(cache.read(key(cache, "sA"), ReadMode.VALUE)))
                .hasMessageContaining("was closed");
        await().untilAsserted(() -> assertThat(nettyThreads()).isEmpty());
    }

    @Test
    void close_serverNotThere_leavesNoThread() {
        await().until(() -> nettyThreads().isEmpty());
        try (EmbeddedRedis other = EmbeddedRedis.start()) {
            other.kill();
            RedisRemote remote = RedisRemote.connect(other.uri());
            remote.invalidations().start(new RecordingListener());
            remote.close();
        }
        await().untilAsserted(() -> assertThat(nettyThreads()).isEmpty());
    }

    /** Threads of Lettuce; Netty's global executor, which ends by itself, is none of ours. */
    private static Set<String> nettyThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("lettuce-"))
                .collect(Collectors.toSet());
    }
}
