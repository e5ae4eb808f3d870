package io.crema.examples.quickstart;

import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteTier;
import io.crema.testkit.ForwardingCache;
import io.crema.testkit.ForwardingRemote;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A remote tier that tells a probe of every read; all passes unchanged. */
final class ProbedRemote extends ForwardingRemote {

    private final TierProbe probe;

    ProbedRemote(RemoteTier remote, TierProbe probe) {
        super(remote);
        this.probe = probe;
    }

    @Override
    protected RemoteCache wrapped(RemoteCache cache) {
        return new ProbedCache(cache, probe);
    }

    private static final class ProbedCache extends ForwardingCache {

        private final TierProbe probe;

        ProbedCache(RemoteCache cache, TierProbe probe) {
            super(cache);
            this.probe = probe;
        }

        @Override
        public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
            probe.sharedTierAsked();
            return super.read(key, mode);
        }

        @Override
        public CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode) {
            probe.sharedTierAsked();
            return super.readAll(keys, mode);
        }
    }
}
