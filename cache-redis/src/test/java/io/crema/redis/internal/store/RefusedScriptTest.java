package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.LeaseState;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.Renewal;
import io.crema.spi.Repair;
import io.crema.spi.TagReply;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts do when Redis refuses a part of what they ask for. */
class RefusedScriptTest extends ScriptTest {

    private static final long HOLDER = 5;

    @Test
    void invalidations_memoryFull_areExecutedAndStoringIsNot() {
        RemoteKey other = key(cache, samePartition());
        stored(cache.put(key, value("x"), 0, 0));
        stored(cache.put(other, value("y"), 0, 0));
        get(cache.tagVersions(List.of("t"), 60_000, 0));
        fillMemory();
        int partition = key.partition();
        long clock = clock();

        assertFull(() -> cache.put(key, value("more"), 0, 0));
        assertFull(() -> cache.putIfAbsent(new RemoteKey(partition, bytes("new")), value("more"), 0));
        assertFull(() -> cache.lease(new RemoteKey(partition, bytes("new")), MINE, LeaseMode.UNLESS_FRESH, 1_000, 0));
        assertThat(clock()).isEqualTo(clock);
        assertThat(text(read().payload())).isEqualTo("x");

        assertThat(get(cache.expire(partition, List.of(other), 0, 0)).stamp()).isEqualTo(clock + 1);
        assertThat(get(cache.invalidate(partition, List.of(key), 10, 0)).removed())
                .containsExactly(true);
        assertThat(read().kind()).isEqualTo(Kind.TOMBSTONE);
        get(cache.quarantine(key, HOLDER, 60_000, 0));
        assertFull(() -> cache.put(key, value("more"), HOLDER, 0));
        get(cache.endQuarantine(key, HOLDER, 0));
        assertThat(read().kind()).isEqualTo(Kind.TOMBSTONE);
        get(cache.put(key, value("late"), HOLDER, 0));
        get(cache.invalidateTag("t", 1, 0));
        assertThat(get(cache.clear(partition, 0))).isEqualTo(clock());
        long epoch = get(cache.repair(partition, history(), Repair.CLEAR, 0));
        assertThat(epoch).isEqualTo(clock()).isGreaterThan(clock + 1_048_576);
    }

    @Test
    void leases_memoryFull_canBeGivenUpAndValuesRenewed() {
        RemoteKey held = key(cache, samePartition());
        RemoteKey free = new RemoteKey(key.partition(), bytes("free"));
        RemoteKey marker = new RemoteKey(key.partition(), bytes("marker"));
        RemoteKey unleased = new RemoteKey(key.partition(), bytes("unleased"));
        for (RemoteKey each : List.of(key, held, free, unleased)) {
            stored(cache.put(each, value("x"), 0, 0));
        }
        for (RemoteKey each : List.of(key, held, free, marker)) {
            get(cache.lease(each, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));
        }
        fillMemory();

        assertFull(() -> cache.fill(marker, MINE, value("more"), 0));
        assertFull(() -> cache.lease(unleased, OTHERS, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));
        Renewal renewal = new Renewal(OTHERS, 90_000, 90_000, 0, 0);
        stored(cache.renew(key, MINE, read().token(), renewal, 0));
        get(cache.release(free, MINE));
        get(cache.release(held, MINE, 2, 30_000));
        get(cache.release(marker, MINE, 3, 30_000));

        assertThat(read().token()).isEqualTo(OTHERS);
        assertThat(read().freshMillis()).isBetween(80_000L, 90_000L);
        assertThat(get(cache.read(free, ReadMode.VALUE)).lease()).isEqualTo(LeaseState.FREE);
        assertThat(get(cache.read(held, ReadMode.VALUE)).lease().failures()).isEqualTo(2);
        assertThat(get(cache.read(marker, ReadMode.VALUE)).lease().failures()).isEqualTo(3);
        assertThat(plain.pttl(layout.clock(key.partition())))
                .as("the clock stays")
                .isEqualTo(-1);
    }

    @Test
    void lease_memoryFull_isRefusedAndLeavesTheLeaseAsItWas() {
        RemoteKey awaited = key(cache, samePartition());
        for (RemoteKey each : List.of(key, awaited)) {
            get(cache.lease(each, MINE, LeaseMode.UNLESS_FRESH, LEASE_MILLIS, 0));
        }
        assertLoading(awaited);
        byte[] before = plain.get(name);
        fillMemory();

        assertLoading(key);
        assertThat(plain.get(name)).isEqualTo(before);
        get(cache.release(key, MINE, 0, 30_000));
        get(cache.release(awaited, MINE, 0, 30_000));

        assertThat(read().kind()).isEqualTo(Kind.ABSENT);
        assertThat(get(cache.read(awaited, ReadMode.VALUE)).lease().failures()).isEqualTo(1);
    }

    @Test
    void lease_replica_isRefusedAndLeavesTheLeaseAsItWas() {
        lease(MINE);
        byte[] before = plain.get(name);
        plain.replicaof("127.0.0.1", 1);

        assertLoading(key);

        assertThat(plain.get(name)).isEqualTo(before);
    }

    @Test
    void heartbeat_memoryFull_isAccepted() {
        byte[] heartbeat = KeyLayout.heartbeat("crema", "one");
        fillMemory();
        List<Object> reply = plain.eval(
                Script.HEARTBEAT.source(), ScriptOutputType.MULTI, new byte[][] {heartbeat}, Commands.ascii(5_000));
        assertThat((byte[]) reply.get(1)).isEqualTo(plain.get(heartbeat));
        assertThat(plain.pttl(heartbeat)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-publish &*", "+publish resetchannels"})
    void writes_userMustNotPublish_changeNoRecord(String rule) {
        int partition = key.partition();
        stored(cache.put(key, value("x"), 0, 0));
        byte[] before = plain.get(name);
        TagReply tag = get(cache.tagVersions(List.of("t"), 60_000, 0));
        String floor = text(layout.floor(partition));
        RemoteCache refused = as(rule);

        assertFails(() -> refused.put(key, value("y"), 0, 0));
        assertFails(() -> refused.invalidate(partition, List.of(key), 10, 0));
        assertFails(() -> refused.expire(partition, List.of(key), 0, 0));
        assertFails(() -> refused.quarantine(key, HOLDER, 60_000, 0));
        assertFails(() -> refused.put(key, value("y"), HOLDER, 0));
        assertFails(() -> refused.endQuarantine(key, HOLDER, 0));
        assertFails(() -> refused.clear(partition, 0));
        assertFails(() -> refused.repair(partition, history(), Repair.CLEAR, 0));
        assertFails(() -> refused.invalidateTag("t", 1, 0));
        assertThat(plain.get(name)).isEqualTo(before);
        assertThat(text(layout.floor(partition))).isEqualTo(floor);
        assertThat(plain.exists(layout.epoch(partition))).isZero();
        assertThat(get(cache.tagVersions(List.of("t"), 60_000, 0)).versions()).isEqualTo(tag.versions());
    }

    private void assertLoading(RemoteKey at) {
        LeaseReply reply = get(cache.lease(at, OTHERS, LeaseMode.UNLESS_FRESH, LEASE_MILLIS, 0));
        assertThat(reply).isInstanceOf(LeaseReply.Refused.class);
        assertThat(((LeaseReply.Refused) reply).current().lease().isLoading()).isTrue();
    }

    private String text(byte[] at) {
        byte[] found = plain.get(at);
        return found == null ? "" : new String(found, StandardCharsets.US_ASCII);
    }

    private static void assertFull(Supplier<CompletableFuture<?>> call) {
        assertThatThrownBy(() -> get(call.get())).hasMessageContaining("OOM");
    }

    private static void assertFails(Supplier<CompletableFuture<?>> call) {
        assertThatThrownBy(() -> get(call.get())).hasCauseInstanceOf(RedisCommandExecutionException.class);
    }
}
