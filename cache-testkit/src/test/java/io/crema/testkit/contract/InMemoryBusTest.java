package io.crema.testkit.contract;

import io.crema.spi.RemoteTier;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.InvalidationBusContract;
import io.crema.testkit.ManualTime;
import java.time.Duration;

final class InMemoryBusTest extends InvalidationBusContract {

    private final ManualTime time = new ManualTime();
    private final InMemoryServer server = InMemoryServer.create(time);

    @Override
    protected RemoteTier connect() {
        return server.connect();
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }
}
