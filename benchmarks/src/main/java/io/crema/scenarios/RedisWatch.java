package io.crema.scenarios;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.List;

/** Looks at the journals of {@link Writes#CACHE} and at the server that keeps them, beside the library. Used by one thread. */
final class RedisWatch implements AutoCloseable {

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    /**
     * Of all journals together.
     *
     * @param entries how many writes wait
     * @param oldestMillis how long the oldest has
     */
    record Journals(long entries, long oldestMillis) {}

    RedisWatch(String uri) {
        client = RedisClient.create(uri);
        connection = client.connect();
    }

    Journals journals() {
        RedisCommands<String, String> redis = connection.sync();
        List<String> names = new ArrayList<>();
        ScanIterator.scan(
                        redis,
                        ScanArgs.Builder.matches("{crema:" + Writes.CACHE + ":*}wb")
                                .limit(5_000))
                .forEachRemaining(names::add);
        long entries = 0;
        long oldest = Long.MAX_VALUE;
        for (String name : names) {
            entries += redis.xlen(name);
            for (StreamMessage<String, String> first : redis.xrange(name, Range.unbounded(), Limit.from(1))) {
                oldest = Math.min(oldest, Long.parseLong(first.getBody().get("t")));
            }
        }
        List<String> time = redis.time();
        long now = Long.parseLong(time.get(0)) * 1_000 + Long.parseLong(time.get(1)) / 1_000;
        return new Journals(entries, entries == 0 ? 0 : Math.max(0, now - oldest));
    }

    /** Bytes that the server holds. */
    long usedMemory() {
        return (long) info("memory", "used_memory:");
    }

    /** Seconds of the processor that the server has used. */
    double cpuSeconds() {
        return info("cpu", "used_cpu_user:") + info("cpu", "used_cpu_sys:");
    }

    private double info(String section, String field) {
        return connection
                .sync()
                .info(section)
                .lines()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Double.parseDouble(line.substring(field.length())))
                .findFirst()
                .orElse(Double.NaN);
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
