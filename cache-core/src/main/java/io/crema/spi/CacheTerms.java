package io.crema.spi;

import java.util.Objects;

/**
 * What all instances of a cache must agree on before they share it.
 *
 * @param cache the cache's name
 * @param keyFormat the {@link KeyCodec#format()} of its keys
 */
public record CacheTerms(String cache, String keyFormat) {

    public CacheTerms {
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(keyFormat, "keyFormat");
    }
}
