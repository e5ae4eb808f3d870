package io.crema.internal.remote;

import io.crema.spi.Codec;
import io.crema.spi.KeyCodec;
import io.crema.spi.Limits;
import org.jspecify.annotations.Nullable;

/**
 * How a cache's keys and values are stored remotely.
 *
 * @param codec null exactly if the remote tier stores no values
 */
public record RemoteSettings<K, V>(
        KeyCodec<K> keyCodec, @Nullable Codec<V> codec, Limits limits) {}
