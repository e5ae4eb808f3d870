package io.crema.internal.engine;

import io.crema.internal.coherence.Partition;
import io.crema.internal.remote.RemoteAccess;
import io.crema.spi.RemoteKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a key lies.
 *
 * @param tags the tags of the cache
 * @param remote the remote tier and the key's bytes there; null without a remote tier, or before it was first reached
 */
record Route<K>(
        K key,
        Partition partition,
        TagReader tags,
        @Nullable Remote remote) {

    record Remote(RemoteAccess access, RemoteKey key) {}

    boolean isRemote() {
        return remote != null;
    }

    RemoteAccess access() {
        return Objects.requireNonNull(remote, "remote").access();
    }

    RemoteKey remoteKey() {
        return Objects.requireNonNull(remote, "remote").key();
    }
}
