package io.crema.redis.internal.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.redis.RecordingListener;
import io.crema.redis.RedisRemote;
import io.crema.redis.ServerTest;
import io.crema.redis.internal.store.RedisCache;
import io.crema.spi.BusPosition;
import io.crema.spi.LeaseMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.ProtocolVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RedisBusTest extends ServerTest {

    private final RecordingListener listener = new RecordingListener();

    @Test
    void start_server_connects() {
        RedisRemote remote = remote();
        remote.invalidations().start(listener);
        awaitEvents(1);
        assertThat(listener.events).containsExactly("connected");
        assertThatThrownBy(() -> remote.invalidations().start(listener)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void subscribe_writesOfAnother_areDelivered() {
        RemoteCache cache = subscribed(remote());
        RedisRemote writer = remote();
        RemoteCache same = open(writer);
        RemoteKey key = key(cache, "sA");

        long put = stored(same.put(key, value("x"), 0, 0)).stamp();
        long removed = get(same.invalidate(key.partition(), List.of(key), 0, 0)).stamp();
        long cleared = get(same.clear(3, 0));

        awaitEvents(5);
        assertThat(listener.events)
                .containsExactly(
                        "connected",
                        "subscribe true",
                        "products " + key.partition() + " " + put + " 1 sA",
                        "products " + key.partition() + " " + removed + " 1 sA",
                        "products 3 clear " + cleared);
    }

    @Test
    void subscribe_manyKeysInOneInvalidation_areInOneMessage() {
        RemoteCache cache = subscribed(remote());
        List<RemoteKey> keys = new ArrayList<>();
        StringBuilder names = new StringBuilder();
        for (int i = 0; keys.size() < 300; i++) {
            RemoteKey key = key(cache, "s" + i);
            if (key.partition() == 5) {
                keys.add(key);
                names.append(" s").append(i);
            }
        }
        long stamp = get(cache.invalidate(5, keys, 0, 0)).stamp();
        awaitEvents(3);
        assertThat(listener.events.get(2)).isEqualTo("products 5 " + stamp + " 300" + names);
    }

    @Test
    void fill_ofALease_publishesNothing() {
        RedisRemote remote = remote();
        RemoteCache cache = subscribed(remote);
        RemoteKey key = key(cache, "sA");
        get(cache.lease(key, 1, LeaseMode.UNLESS_FRESH, 1_000, 0));
        get(cache.fill(key, 1, value("x"), 0));
        listener.connection().position(cache.name(), all(cache), listener.reply("position"));
        awaitEvents(3);
        assertThat(listener.events.get(2)).startsWith("position ");
    }

    @Test
    void heartbeat_afterWrites_comesBehindTheirMessages() {
        RedisRemote remote = remote();
        RemoteCache cache = subscribed(remote);
        RemoteKey key = key(cache, "sA");
        for (int round = 0; round < 200; round++) {
            long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
            CompletableFuture<Integer> seen = new CompletableFuture<>();
            listener.connection().heartbeat((history, failure) -> seen.complete(listener.events.size()));
            int before = get(seen);
            assertThat(listener.events.get(before - 1))
                    .isEqualTo("products " + key.partition() + " " + stamp + " 1 sA");
        }
        assertThat(listener.overlaps).hasValue(0);
    }

    @Test
    void position_clearedAndWritten_namesHistoryClocksAndFloors() {
        RedisRemote remote = remote();
        RedisCache cache = (RedisCache) subscribed(remote);
        RemoteKey key = key(cache, "sA");
        long put = stored(cache.put(key, value("x"), 0, 0)).stamp();
        int other = (key.partition() + 1) % 16;
        long cleared = get(cache.clear(other, 0));

        BusPosition position = position(cache);
        assertThat(position.partitions()).hasSize(17);
        assertThat(position.at(key.partition())).isEqualTo(new BusPosition.At(put, 0));
        assertThat(position.at(other)).isEqualTo(new BusPosition.At(cleared, cleared));
        assertThat(position.history()).matches("[0-9a-f]{40}:[0-9a-f]{40}");
        assertThat(heartbeat()).isEqualTo(position.history());
    }

    @Test
    void heartbeat_scriptsFlushed_isAnswered() {
        RedisRemote remote = remote();
        subscribed(remote);
        String history = heartbeat();
        plain().scriptFlush();
        assertThat(heartbeat()).isEqualTo(history);
    }

    @Test
    void heartbeat_readOnlyReplica_fails() {
        RedisRemote remote = remote();
        subscribed(remote);
        plain().replicaof("127.0.0.1", 1);
        listener.connection().heartbeat(listener.reply("heartbeat"));
        // The connection may be given up for the same reason, before or after that.
        await().until(() -> listener.events.contains("heartbeat failed"));
    }

    @Test
    void publish_somethingElse_isUnreadable() {
        RedisCache cache = (RedisCache) subscribed(remote());
        plain().publish(cache.layout().channel(4), bytes("foreign"));
        awaitEvents(3);
        assertThat(listener.events.get(2)).isEqualTo("products 4 unreadable");
    }

    @Test
    void requests_onALostConnection_failOnceAndNotWithinTheCall() {
        RedisRemote remote = remote();
        RemoteCache cache = open(remote);
        remote.invalidations().start(listener);
        await().until(() -> listener.events.contains("connected"));
        remote.close();
        await().until(() -> listener.events.contains("disconnected"));
        listener.connection().subscribe(cache.name(), all(cache), listener.reply("subscribe"));
        listener.connection().position(cache.name(), all(cache), listener.reply("position"));
        awaitEvents(4);
        assertThat(listener.events).containsExactly("connected", "disconnected", "subscribe failed", "position failed");
    }

    @Test
    void connectionKilled_underWay_failsThenReconnectsWithoutSubscriptions() {
        RedisRemote remote = remote();
        RemoteCache cache = subscribed(remote);
        redis.pause();
        listener.connection().heartbeat(listener.reply("heartbeat"));
        redis.kill();
        redis.restart();
        await().until(() -> listener.events.size() >= 5);
        assertThat(listener.events)
                .containsExactly("connected", "subscribe true", "heartbeat failed", "disconnected", "connected");

        open(remote);
        stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        listener.connection().position(cache.name(), all(cache), listener.reply("position"));
        awaitEvents(6);
        assertThat(listener.events.get(5)).startsWith("position ");
    }

    @Test
    void clientKill_pubsub_reconnectsWithTheSameHistory() {
        RedisRemote remote = remote();
        RemoteCache cache = subscribed(remote);
        String history = position(cache).history();
        plain().clientKill(KillArgs.Builder.typePubsub());
        await().until(() -> listener.events.size() >= 4);
        assertThat(listener.events).containsExactly("connected", "subscribe true", "disconnected", "connected");
        assertThat(position(cache).history()).isEqualTo(history);
    }

    @Test
    void restart_empty_changesTheHistory() {
        RedisRemote remote = remote();
        RemoteCache cache = subscribed(remote);
        String history = position(cache).history();
        redis.restart();
        await().until(() -> listener.events.size() >= 4);
        assertThat(position(cache).history()).isNotEqualTo(history);
    }

    @Test
    void reset_serverPaused_failsWhatIsUnderWayAndConnectsLater() {
        RedisRemote remote = remote();
        subscribed(remote);
        redis.pause();
        listener.connection().heartbeat(listener.reply("heartbeat"));
        listener.connection().reset();
        awaitEvents(4);
        assertThat(listener.events).containsExactly("connected", "subscribe true", "heartbeat failed", "disconnected");
        redis.resume();
        awaitEvents(5);
        assertThat(listener.events.get(4)).isEqualTo("connected");
    }

    @Test
    void reset_serverSilent_dropsTheConnectionForCommandsToo() {
        RedisRemote remote = remote();
        RemoteCache cache = subscribed(remote);
        redis.pause();
        CompletableFuture<?> put = cache.put(key(cache, "sA"), value("x"), 0, 0);
        listener.connection().reset();
        assertThatThrownBy(() -> get(put))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("onnection");
        redis.resume();
        open(remote);
    }

    @Test
    void reset_serverAnswers_keepsTheConnectionForCommands() {
        RedisRemote remote = remote();
        RemoteCache cache = subscribed(remote);
        stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        String before = commandClient();
        listener.connection().reset();
        awaitEvents(4);
        stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        assertThat(commandClient()).isEqualTo(before).isNotEqualTo("none");
    }

    @Test
    void subscribe_cacheThatWasNotOpened_isRefused() {
        subscribed(remote());
        assertThatThrownBy(() -> listener.connection().subscribe("foreign", Set.of(0), (ok, failure) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("foreign");
    }

    @Test
    void start_clientOfResp2_warnsAndDoesNotConnect() {
        AtomicReference<String> warning = new AtomicReference<>();
        Logger logger = Logger.getLogger(RedisBus.class.getName());
        Handler handler = capturing(warning);
        logger.addHandler(handler);
        try {
            RedisClient client = opened(RedisClient.create());
            client.setOptions(ClientOptions.builder()
                    .protocolVersion(ProtocolVersion.RESP2)
                    .build());
            RedisRemote remote = opened(
                    RedisRemote.builder(client, RedisURI.create(redis.uri())).build());
            remote.invalidations().start(listener);
            await().until(() -> warning.get() != null);
            assertThat(warning.get()).contains("RESP3").contains("127.0.0.1:" + redis.port());
            assertThat(listener.events).isEmpty();
        } finally {
            logger.removeHandler(handler);
        }
    }

    /** The id of the client that last executed a script: the tier's connection for commands. */
    private String commandClient() {
        return plain().clientList()
                .lines()
                .filter(line -> line.contains("cmd=evalsha"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .sorted()
                .findFirst()
                .orElse("none");
    }

    private static Handler capturing(AtomicReference<String> message) {
        return new Handler() {
            @Override
            public void publish(LogRecord record) {
                message.set(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    private RemoteCache subscribed(RedisRemote remote) {
        RemoteCache cache = open(remote);
        remote.invalidations().start(listener);
        awaitEvents(1);
        listener.connection().subscribe(cache.name(), all(cache), listener.reply("subscribe"));
        awaitEvents(2);
        assertThat(listener.events).containsExactly("connected", "subscribe true");
        return cache;
    }

    private static Set<Integer> all(RemoteCache cache) {
        return IntStream.rangeClosed(0, cache.tagPartition()).boxed().collect(Collectors.toSet());
    }

    private void awaitEvents(int count) {
        await().untilAsserted(() -> assertThat(listener.events).hasSizeGreaterThanOrEqualTo(count));
    }

    private BusPosition position(RemoteCache cache) {
        CompletableFuture<BusPosition> position = new CompletableFuture<>();
        listener.connection().position(cache.name(), all(cache), (found, failure) -> {
            if (found != null) {
                position.complete(found);
            } else {
                position.completeExceptionally(failure);
            }
        });
        return get(position);
    }

    private String heartbeat() {
        CompletableFuture<String> heartbeat = new CompletableFuture<>();
        listener.connection().heartbeat((history, failure) -> {
            if (history != null) {
                heartbeat.complete(history);
            } else {
                heartbeat.completeExceptionally(failure);
            }
        });
        return get(heartbeat);
    }
}
