package io.crema.testkit;

import io.crema.spi.RemoteTier;
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
