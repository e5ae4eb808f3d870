package io.crema.internal.remote;

import io.crema.spi.Codec;
import io.crema.spi.KeyCodec;
import io.crema.spi.Limits;

/** How a cache's keys and values are stored remotely. */
public record RemoteSettings<K, V>(KeyCodec<K> keyCodec, Codec<V> codec, Limits limits) {}
