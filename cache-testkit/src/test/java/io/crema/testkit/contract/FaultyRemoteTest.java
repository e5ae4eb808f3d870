package io.crema.testkit.contract;

import io.crema.spi.RemoteTier;
import io.crema.testkit.BusFaults;
import io.crema.testkit.FaultyRemote;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.InvalidationBusContract;
import io.crema.testkit.ManualTime;
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
