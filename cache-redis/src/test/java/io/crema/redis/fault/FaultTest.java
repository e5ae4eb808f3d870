package io.crema.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.policy.HistoryChange;
import io.crema.policy.Near;
import io.crema.redis.RedisRemote;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** What the tests of faults have in common. Everything opened is closed in reverse order. */
@Timeout(120)
abstract class FaultTest {

    /** A machine that builds several projects at once is slow. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

    final Origin origin = new Origin();
    final String cacheName = "cache-" + UUID.randomUUID();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<Instance> instances = new ArrayList<>();

    /** A remote tier with that time limit for an operation. */
    abstract RedisRemote remote(Duration timeLimit);

    final RedisRemote remote() {
        return remote(Duration.ofMillis(200));
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        // Always, whatever the test looks at.
        assertThat(origin.tooOld()).isEmpty();
    }

    final <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    final Instance instance() {
        return instance(cacheName, HistoryChange.REPLAY);
    }

    final Instance instance(String cache, HistoryChange policy) {
        return instance(remote(), cache, Near.entries(10_000), policy);
    }

    /** An instance that keeps nothing. */
    final Instance farInstance() {
        return instance(remote(), cacheName, Near.none(), HistoryChange.REPLAY);
    }

    private Instance instance(RedisRemote remote, String cache, Near near, HistoryChange policy) {
        Instance made = opened(new Instance("instance-" + instances.size(), remote, origin, cache, near, policy));
        instances.add(made);
        return made;
    }

    final Traffic traffic(List<String> keys) {
        return opened(new Traffic(List.copyOf(instances), keys));
    }

    static List<String> keys(String start, int count) {
        return IntStream.range(0, count).mapToObj(i -> start + i).toList();
    }

    final RedisCommands<String, String> plain(String uri) {
        return opened(RedisClient.create(uri)).connect().sync();
    }

    static ConditionFactory patiently() {
        return Awaitility.await().atMost(PATIENCE).ignoreExceptions();
    }

    /** Returns when an instance serves all the keys itself, so it knows that nothing was missed until now. */
    static void awaitNear(Instance instance, List<String> keys) {
        patiently().until(() -> instance.nearHits(keys) == keys.size());
    }

    /** Returns when every instance reads what the origin has and nothing waits for the server. */
    final void awaitConvergence(List<String> keys) {
        for (Instance instance : instances) {
            patiently().until(() -> instance.stats().invalidationsPending() == 0);
        }
        for (Instance instance : instances) {
            patiently().until(() -> instance.isFresh(keys));
        }
    }

    /** Returns when an instance has been told what another one made again, which takes a network delay. */
    static void awaitFresh(Instance instance, List<String> keys) {
        patiently().until(() -> instance.isFresh(keys));
    }

    /**
     * Returns when the instances have found out about a fault, and have done what it asks for, in all partitions.
     *
     * @param gaps how many each had counted before
     * @param more how many more it must have counted
     */
    static void awaitRepaired(List<Instance> those, List<Long> gaps, int more) {
        List<String> everywhere = keys("everywhere", 200);
        for (int i = 0; i < those.size(); i++) {
            Instance instance = those.get(i);
            long least = gaps.get(i) + more;
            patiently().until(() -> instance.stats().gaps() >= least);
            awaitNear(instance, everywhere);
        }
    }

    static List<Long> gaps(List<Instance> those) {
        return those.stream().map(instance -> instance.stats().gaps()).toList();
    }

    /**
     * Keys that nobody has read since a fault are in Redis still: a new instance, patient and without a near tier, reads
     * them without the origin.
     */
    final void assertKept(List<String> keys) {
        Instance late = instance(remote(Duration.ofSeconds(20)), cacheName, Near.none(), HistoryChange.REPLAY);
        String probe = "probe";
        // What one load stores may fall to an invalidation of the probe that waited for the server.
        patiently().untilAsserted(() -> late.cache().invalidate(probe));
        patiently().until(() -> {
            late.read(probe);
            return late.cache().getIfPresent(probe) != null;
        });
        long before = origin.loads();
        assertThat(late.isFresh(keys)).isTrue();
        assertThat(origin.loads() - before).as("loads of keys that were kept").isZero();
    }
}
