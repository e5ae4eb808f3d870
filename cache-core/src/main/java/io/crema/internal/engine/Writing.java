package io.crema.internal.engine;

import io.crema.CacheWriter;
import io.crema.policy.WritePolicy;

/** How a cache writes to its origin. */
public record Writing<K, V>(CacheWriter<K, V> writer, WritePolicy policy) {}
