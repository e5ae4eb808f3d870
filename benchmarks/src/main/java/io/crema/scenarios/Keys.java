package io.crema.scenarios;

import java.util.stream.IntStream;

/**
 * Keys by number.
 *
 * @param cache the name of the cache
 * @param count how many, from 0
 * @param expireAt of a put: when freshness ends, by {@link System#nanoTime()}; 0 = as the cache has it
 */
record Keys(String cache, String prefix, int count, long expireAt) {

    static Keys of(String cache, String prefix, int count) {
        return new Keys(cache, prefix, count, 0);
    }

    static String key(String prefix, long number) {
        return prefix + "-" + number;
    }

    String[] all() {
        return IntStream.range(0, count).mapToObj(i -> key(prefix, i)).toArray(String[]::new);
    }
}
