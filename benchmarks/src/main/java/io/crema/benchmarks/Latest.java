package io.crema.benchmarks;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether a database has the last of many writes of each key. Every thread has keys of its own, so that it is known which one
 * was the last; a value begins with the number of its write.
 */
final class Latest {

    private final String[][] orders;

    /** The last number of each key, by thread; the thread's own until it has ended. */
    private final List<Map<String, Long>> called = new ArrayList<>();

    private final Map<String, Long> committed = new ConcurrentHashMap<>();
    private final byte[] template = Workload.value(L2Hit.VALUE_BYTES);

    /** @param order of keys, which is divided among the threads */
    Latest(int threads, String[] order) {
        orders = new String[threads][];
        for (int thread = 0; thread < threads; thread++) {
            int own = thread;
            orders[thread] = Arrays.stream(order)
                    .filter(key -> Math.floorMod(key.hashCode(), threads) == own)
                    .toArray(String[]::new);
            called.add(new HashMap<>());
        }
    }

    String key(int thread, int number) {
        return orders[thread][number % orders[thread].length];
    }

    /** For a write that is now made. */
    byte[] value(int thread, String key, long number) {
        called.get(thread).put(key, number);
        byte[] value = template.clone();
        ByteBuffer.wrap(value).putLong(number);
        return value;
    }

    /** The database has them. By any thread. */
    void committed(Map<String, byte[]> values) {
        values.forEach(
                (key, value) -> committed.merge(key, ByteBuffer.wrap(value).getLong(), Math::max));
    }

    /** Whether the database has the last write of each key; after the threads have ended. */
    boolean areAllCommitted() {
        return called.stream()
                .flatMap(each -> each.entrySet().stream())
                .allMatch(last -> last.getValue().equals(committed.get(last.getKey())));
    }
}
