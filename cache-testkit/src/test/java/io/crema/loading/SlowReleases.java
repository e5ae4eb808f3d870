package io.crema.loading;

import static org.awaitility.Awaitility.await;

import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteTier;
import io.crema.testkit.ForwardingCache;
import io.crema.testkit.ForwardingRemote;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A remote tier in which the threads that give leases back stay until the test lets them go. */
final class SlowReleases extends ForwardingRemote {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    SlowReleases(RemoteTier tier) {
        super(tier);
    }

    void awaitEntered() {
        await().until(() -> entered.getCount() == 0);
    }

    void letGo() {
        open.countDown();
    }

    @Override
    protected RemoteCache wrapped(RemoteCache cache) {
        return new ForwardingCache(cache) {
            @Override
            public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
                entered.countDown();
                await().until(() -> open.getCount() == 0);
                return super.release(key, leaseToken, failures, holdMillis);
            }
        };
    }
}
