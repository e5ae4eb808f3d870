package io.crema.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.PlainCodec;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.KeyCodec;
import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One server that hangs, forgets, is emptied, restarted, and drops connections. */
@Tag("end-to-end")
class StandaloneFaultTest extends FaultTest {

    private EmbeddedRedis redis = opened(EmbeddedRedis.start());

    @Override
    RedisRemote remote(Duration timeLimit) {
        return RedisRemote.builder(redis.uri()).timeLimit(timeLimit).build();
    }

    @Test
    void subscriptionsKilled_changesMeanwhile_areNoticed() {
        Instance one = instance();
        Instance other = instance();
        List<String> keys = keys("k", 64);
        other.readAll(keys);
        awaitNear(other, keys);
        long gaps = other.stats().gaps();
        RedisCommands<String, String> admin = plain(redis.uri());

        patiently().until(() -> {
            admin.clientKill(KillArgs.Builder.typePubsub());
            keys.forEach(one::change);
            return other.stats().gaps() > gaps;
        });

        awaitConvergence(keys);
        awaitNear(other, keys);
    }

    @Test
    void hanging_longerThanTheBound_readsComeFromTheOriginAndInvalidationsAreSentLater() {
        Instance one = instance();
        Instance other = instance();
        List<String> keys = keys("k", 8);
        other.readAll(keys);
        awaitNear(other, keys);
        redis.pause();
        long committed;
        try {
            keys.forEach(key -> assertThat(one.change(key)).isFalse());
            committed = System.nanoTime();
            assertThat(one.isFresh(keys)).isTrue();
            assertThat(one.stats().invalidationsPending()).isEqualTo(keys.size());
            patiently().until(() -> System.nanoTime() - committed > Origin.BOUND.toNanos());
            // Nobody could tell it, but it has no proof either.
            assertThat(other.isFresh(keys)).isTrue();
            assertThat(one.isFresh(keys)).isTrue();
        } finally {
            redis.resume();
        }
        awaitConvergence(keys);
        awaitNear(one, keys);
        awaitNear(other, keys);
        assertThat(one.isFresh(keys) && other.isFresh(keys)).isTrue();
    }

    @Test
    void faults_oneAfterTheOther_underTraffic_nothingIsTooOld() {
        instance();
        instance();
        Instance far = farInstance();
        List<String> keys = keys("k", 50);
        RedisCommands<String, String> admin = plain(redis.uri());
        Traffic traffic = traffic(keys);
        traffic.goesOn(50);
        admin.scriptFlush();
        traffic.goesOn(50);
        admin.clientKill(KillArgs.Builder.typePubsub());
        traffic.goesOn(50);
        admin.clientPause(1_000);
        traffic.goesOn(50);
        admin.flushall();
        traffic.goesOn(50);
        clocks().forEach(admin::del);
        traffic.goesOn(50);
        redis.restart();
        traffic.goesOn(50);
        traffic.close();

        awaitConvergence(keys);
        assertThat(traffic.failures()).isEmpty();
        assertThat(far.stats().gaps()).isPositive();
    }

    /** Each fault lasts long enough, or is followed by a time long enough, for a read beyond the bound. */
    @Test
    @Tag("long")
    @Timeout(300)
    void faults_atRandom_forLong_nothingIsTooOld() {
        instance();
        instance();
        farInstance();
        List<String> keys = keys("k", 200);
        RedisCommands<String, String> admin = plain(redis.uri());
        List<Runnable> faults = List.of(
                admin::scriptFlush,
                () -> admin.clientKill(KillArgs.Builder.typePubsub()),
                () -> admin.clientKill(KillArgs.Builder.typeNormal()),
                () -> admin.clientPause(3_000),
                () -> {
                    redis.pause();
                    long begun = System.nanoTime();
                    patiently().until(() -> System.nanoTime() - begun > Origin.BOUND.toNanos() * 3 / 2);
                    redis.resume();
                },
                admin::flushall,
                () -> clocks().forEach(admin::del),
                redis::restart);
        Traffic traffic = traffic(keys);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 25; i++) {
            faults.get(random.nextInt(faults.size())).run();
            long begun = System.nanoTime();
            traffic.goesOn(20);
            patiently().until(() -> System.nanoTime() - begun > Origin.BOUND.toNanos() * 3 / 2);
            assertThat(origin.tooOld()).as("seed %s, fault %s", seed, i).isEmpty();
        }
        traffic.close();
        awaitConvergence(keys);
        assertThat(traffic.failures()).as("seed %s", seed).isEmpty();
    }

    @Test
    void clockEvicted_isAGapAndNothingIsTooOld() {
        Instance one = instance();
        Instance other = instance();
        List<String> keys = keys("k", 64);
        keys.forEach(one::change);
        other.readAll(keys);
        awaitNear(other, keys);
        long gaps = other.stats().gaps();

        RedisCommands<String, String> admin = plain(redis.uri());
        clocks().forEach(admin::del);
        keys.forEach(one::change);

        patiently().until(() -> other.stats().gaps() > gaps);
        awaitConvergence(keys);
        awaitNear(other, keys);
    }

    private List<String> clocks() {
        KeyLayout layout = new KeyLayout("crema", cacheName, 16, 0);
        return IntStream.rangeClosed(0, 16)
                .mapToObj(p -> new String(layout.clock(p), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void restart_withAnAppendOnlyFile_keepsWhatWasNotTouched() {
        redis = opened(EmbeddedRedis.start("--appendonly", "yes"));
        restart_keepsWhatWasNotTouched(() -> {});
    }

    @Test
    void restart_withASnapshotThatIsBehind_invalidationsAreMadeAgainAndTheRestIsKept() {
        restart_keepsWhatWasNotTouched(() -> plain(redis.uri()).save());
    }

    private void restart_keepsWhatWasNotTouched(Runnable beforeTheChanges) {
        Instance one = instance();
        Instance other = instance();
        List<String> changed = keys("changed", 20);
        List<String> untouched = keys("untouched", 40);
        List<Instance> both = List.of(one, other);
        both.forEach(each -> each.readAll(changed));
        both.forEach(each -> awaitNear(each, untouched));
        beforeTheChanges.run();
        origin.beginLoss();
        changed.forEach(key -> assertThat(one.change(key)).isTrue());
        changed.subList(0, 10).forEach(other::read);
        List<Long> gaps = gaps(both);
        redis.restart();

        awaitRepaired(both, gaps, 17);
        origin.lossNoticed();
        both.forEach(each -> assertThat(each.isFresh(changed)).isTrue());
        awaitConvergence(changed);
        assertKept(untouched);
        assertThat(farInstance().isFresh(changed)).isTrue();
    }

    /** The listener of one instance is held up in the decoding of a key, on the connection's thread. */
    @Test
    void slowConsumer_droppedByTheServer_isFreshAgain() {
        RedisCommands<String, String> admin = plain(redis.uri());
        admin.configSet("client-output-buffer-limit", "pubsub 64kb 64kb 1");
        Instance one = instance();
        AtomicBoolean hold = new AtomicBoolean();
        CountDownLatch released = new CountDownLatch(1);
        Crema crema = opened(Crema.builder().remote(remote()).build());
        TieredCache<String, Long> slow = crema.<String, Long>cache(cacheName)
                .keyCodec(held(hold, released))
                .codec(PlainCodec.longs())
                .staleness(Origin.BOUND)
                .build();
        assertThat(slow.get("k", origin::load)).isEqualTo(1);
        patiently().until(() -> slow.get("k", origin::load) == 1 && slow.stats().nearHits() > 0);
        List<String> large = keys("x".repeat(1_000), 200);
        try {
            hold.set(true);
            // What the sockets take in does not count against the limit.
            patiently().until(() -> {
                one.cache().invalidateAll(large);
                return subscribers(admin) == 1;
            });
            assertThat(one.change("k")).isTrue();
        } finally {
            released.countDown();
        }
        patiently().until(() -> slow.get("k", origin::load) == origin.version("k"));
        long hits = slow.stats().nearHits();
        patiently()
                .until(() -> slow.get("k", origin::load) == origin.version("k")
                        && slow.stats().nearHits() > hits);
    }

    private static long subscribers(RedisCommands<String, String> admin) {
        return admin.clientList()
                .lines()
                .filter(line -> !line.contains(" sub=0 "))
                .count();
    }

    private static KeyCodec<String> held(AtomicBoolean hold, CountDownLatch released) {
        KeyCodec<String> standard = KeyCodec.standard();
        return new KeyCodec<>() {
            @Override
            public String format() {
                return standard.format();
            }

            @Override
            public byte[] encode(String key) {
                return standard.encode(key);
            }

            @Override
            public String decode(byte[] bytes) {
                if (hold.get()) {
                    awaitUninterruptibly(released);
                }
                return standard.decode(bytes);
            }
        };
    }

    private static void awaitUninterruptibly(CountDownLatch released) {
        try {
            assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
