package io.crema.benchmarks;

import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.KeyCodec;
import io.crema.spi.RemoteKey;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A cache with a number of entries in Redis, all of them good before each invocation and none after it. The cache itself
 * writes one for each partition; the others are copies of that record under the names that the cache would give them.
 */
@State(Scope.Benchmark)
public abstract class Filled {

    static final int VALUE_BYTES = 20;

    static final int FEW = 1_000;
    static final int MANY = 1_000_000;

    /** The near tier holds so many at most, which are read before. */
    static final int MOST_NEAR = 10_000;

    private static final int PARTITIONS = 16;
    private static final int AT_ONCE = 1_000;
    private static final int SAMPLES = 100;
    private static final Duration READ_LIMIT = Duration.ofSeconds(20);

    /** So many operations elsewhere before the one that is measured: what was loaded in between is warm again. */
    private static final int WARM_UP = 50;

    private static final int FEW_IN_WARM_UP = 20;

    private final Crema crema = Server.crema();
    private final RedisClient client = Server.client();
    private final RedisCommands<byte[], byte[]> redis = Server.connect(client).sync();
    private final KeyLayout layout = new KeyLayout(Server.NAMESPACE, "filled", PARTITIONS, 0);
    private final List<List<byte[]>> names = new ArrayList<>();
    private final String[] templates = new String[PARTITIONS];
    private final List<String> sample;
    private final List<String> toRead;
    private final EntryOptions options;
    private final byte[] value = Workload.value(VALUE_BYTES);
    private final Map<String, byte[]> few;
    private final TieredCache<String, byte[]> small;
    final TieredCache<String, byte[]> cache;

    Filled(int entries, Near near, EntryOptions options) {
        this.options = options;
        String[] keys = Workload.keys(entries);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            names.add(new ArrayList<>());
        }
        for (String key : keys) {
            byte[] bytes = KeyCodec.standard().encode(key);
            int partition = layout.partitionOf(bytes);
            if (names.get(partition).isEmpty()) {
                templates[partition] = key;
            }
            names.get(partition).add(layout.entry(new RemoteKey(partition, bytes)));
        }
        sample = IntStream.range(0, SAMPLES)
                .mapToObj(i -> keys[i * (entries / SAMPLES)])
                .toList();
        toRead = near.bound() == Near.Bound.NONE
                ? List.of()
                : Arrays.asList(keys).subList(0, Math.min(entries, MOST_NEAR));
        few = Arrays.stream(Workload.keys(FEW_IN_WARM_UP)).collect(Collectors.toMap(key -> key, key -> value));
        cache = cache("filled", near);
        small = cache("small", near);
    }

    private TieredCache<String, byte[]> cache(String name, Near near) {
        return crema.<String, byte[]>cache(name)
                .codec(PlainCodec.bytes())
                .near(near)
                .expiration(Expiration.fresh(Duration.ofMinutes(30)))
                .build();
    }

    /** What is measured. */
    abstract void operate(TieredCache<String, byte[]> on);

    @Setup(Level.Iteration)
    public void fill() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            cache.put(templates[partition], value, options);
            List<byte[]> here = names.get(partition);
            byte[] record = redis.get(here.get(0));
            for (int from = 0; from < here.size(); from += AT_ONCE) {
                Map<byte[], byte[]> records = new IdentityHashMap<>();
                here.subList(from, Math.min(from + AT_ONCE, here.size())).forEach(name -> records.put(name, record));
                redis.mset(records);
            }
        }
        // A busy machine may not answer in time, and then a read goes on without.
        Server.await("entries to read", READ_LIMIT, () -> found(toRead) == toRead.size() && found(sample) == SAMPLES);
        for (int i = 0; i < WARM_UP; i++) {
            small.putAll(few);
            operate(small);
        }
    }

    @TearDown(Level.Iteration)
    public void requireGone() {
        int found = found(sample);
        if (found > 0) {
            throw new IllegalStateException(found + " of " + SAMPLES + " entries are still there");
        }
    }

    private int found(List<String> keys) {
        return cache.getAllPresent(keys).size();
    }

    /** Leaves nothing behind: the next fork is not to run beside a million records. */
    @TearDown
    public void close() {
        for (List<byte[]> here : names) {
            for (int from = 0; from < here.size(); from += AT_ONCE) {
                redis.unlink(here.subList(from, Math.min(from + AT_ONCE, here.size()))
                        .toArray(byte[][]::new));
            }
        }
        Server.close(client);
        crema.close();
    }
}
