package io.crema.testkit;

import io.crema.spi.RemoteTier;
import java.time.Duration;

/** Without faults, a faulty remote is a good one. */
final class FaultyRemoteTest extends InvalidationBusContract {

    private final ManualTime time = new ManualTime();
    private final InMemoryServer server = InMemoryServer.create(time);

    @Override
    protected RemoteTier connect() {
        return FaultyRemote.wrap(server.connect(), BusFaults.none());
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }
}
