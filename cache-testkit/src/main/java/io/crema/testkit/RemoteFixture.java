package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crema.spi.CacheTerms;
import io.crema.spi.LeaseReply;
import io.crema.spi.Opening;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteTier;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Two instances of one cache with a name of its own, and what the contracts of remote tiers do with them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RemoteFixture {

    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final String FORMAT = "contract-1";
    static final byte CODEC = 7;
    static final long LONG_MILLIS = 60_000;
    static final long SHORT_MILLIS = 20;
    static final Duration LONGER_THAN_SHORT = Duration.ofMillis(SHORT_MILLIS + 5);

    String name;
    final Random random = new Random();
    RemoteTier tierA;
    RemoteTier tierB;
    RemoteCache a;
    RemoteCache b;
    private final List<RemoteTier> tiers = new ArrayList<>();
    private int keys;

    /** A new instance, with connections of its own, on one server for all tests of the class. The contract closes it. */
    protected abstract RemoteTier connect();

    /** As {@link #connect}, but wanting another number of partitions than that; by default, skips what needs it. */
    protected RemoteTier connectWithOtherPartitions() {
        assumeTrue(false, "the number of partitions cannot be set");
        return connect();
    }

    /** Lets the server's time pass by at least this much; by default, waits. */
    protected void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Loses the clock of a partition at the server, as eviction does; by default, skips what needs it. */
    protected void loseClock(String cache, int partition) {
        assumeTrue(false, "the clock of " + cache + "/" + partition + " cannot be lost");
    }

    /** Loses the version of a tag at the server, as eviction does; by default, skips what needs it. */
    protected void loseTag(String cache, String tag) {
        assumeTrue(false, "the version of " + tag + " of " + cache + " cannot be lost");
    }

    /** Gives all primaries other histories, with their data as it is; by default, skips what needs it. */
    protected void changeHistory() {
        assumeTrue(false, "the history cannot be changed");
    }

    /** Whether a test needs connections that nobody has used; else those of the test before will do, which is faster. */
    boolean needsOwnTiers() {
        return false;
    }

    @BeforeEach
    void openTwice() {
        name = "contract-" + UUID.randomUUID();
        tierA = tiers.isEmpty() ? closed(connect()) : tiers.get(0);
        tierB = tiers.size() < 2 ? closed(connect()) : tiers.get(1);
        a = openCache(tierA, name);
        b = openCache(tierB, name);
    }

    @AfterEach
    void closeUsed() {
        if (needsOwnTiers()) {
            closeAll();
        }
    }

    @AfterAll
    void closeAll() {
        tiers.forEach(RemoteTier::close);
        tiers.clear();
    }

    RemoteTier closed(RemoteTier tier) {
        tiers.add(tier);
        return tier;
    }

    /** Opens a cache; tries again while the tier, which connects in the background, is out of reach. */
    static Opening open(RemoteTier tier, CacheTerms terms) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return await(tier.open(terms));
            } catch (CompletionException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }

    static RemoteCache openCache(RemoteTier tier, String cache) {
        Opening opening = open(tier, new CacheTerms(cache, FORMAT));
        assertThat(opening).isInstanceOf(Opening.Agreed.class);
        return ((Opening.Agreed) opening).cache();
    }

    static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** What was stored; fails if it was not. */
    static StoreReply.Stored stored(CompletableFuture<StoreReply> reply) {
        return assertStored(await(reply));
    }

    static StoreReply.Stored assertStored(StoreReply reply) {
        assertThat(reply).isInstanceOf(StoreReply.Stored.class);
        return (StoreReply.Stored) reply;
    }

    static void assertRefused(StoreReply reply) {
        assertThat(reply).isInstanceOf(StoreReply.Refused.class);
    }

    static void assertGranted(LeaseReply reply) {
        assertThat(reply).isInstanceOf(LeaseReply.Granted.class);
    }

    /** Why a lease was not granted; fails if it was. */
    static RemoteRecord refused(LeaseReply reply) {
        assertThat(reply).isInstanceOf(LeaseReply.Refused.class);
        return ((LeaseReply.Refused) reply).current();
    }

    static StoreReply fill(RemoteCache cache, RemoteKey key, long token, RemoteValue value) {
        return await(cache.fill(key, token, value, 0));
    }

    /** The history that the primary of a partition has now. */
    String history(int partition) {
        RemoteTier tier = closed(connect());
        RemoteCache cache = openCache(tier, name);
        RecordingListener listener = new RecordingListener(PATIENCE);
        tier.invalidations().start(listener);
        listener.awaitCarried(cache);
        listener.position(listener.connectionOf(name, partition), name, Set.of(partition));
        return listener.nextPosition().history();
    }

    /** A key that no other call of this test returns. */
    RemoteKey newKey() {
        byte[] bytes = ("key-" + keys++).getBytes(StandardCharsets.UTF_8);
        return new RemoteKey(a.partitionOf(bytes), bytes);
    }

    RemoteKey newKeyIn(int partition) {
        RemoteKey key = newKey();
        while (key.partition() != partition) {
            key = newKey();
        }
        return key;
    }

    RemoteValue value(String text) {
        return value(text, LONG_MILLIS, LONG_MILLIS);
    }

    RemoteValue value(String text, long freshMillis, long keepMillis) {
        return RemoteValue.of(
                random.nextLong(), CODEC, text.getBytes(StandardCharsets.UTF_8), freshMillis, keepMillis, 1);
    }

    RemoteValue nullValue() {
        return RemoteValue.ofNull(random.nextLong(), LONG_MILLIS, LONG_MILLIS, 1);
    }

    /** A token for a lease, never 0. */
    long newToken() {
        return random.nextLong() | 1;
    }

    RemoteRecord read(RemoteKey key) {
        return await(b.read(key, ReadMode.VALUE));
    }

    /** What a key's value is, as text, whether fresh or not. */
    String textOf(RemoteKey key) {
        return text(read(key));
    }

    static String text(RemoteRecord found) {
        assertThat(found.kind()).isEqualTo(RemoteRecord.Kind.VALUE);
        ByteBuffer payload = found.payload().duplicate();
        return StandardCharsets.UTF_8.decode(payload).toString();
    }

    RemoteRecord.Kind kindOf(RemoteKey key) {
        return read(key).kind();
    }
}
