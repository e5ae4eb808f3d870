package io.crema.testkit.contract;

import io.crema.spi.RemoteTier;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.ManualTime;
import io.crema.testkit.RemoteTierContract;
import java.time.Duration;

/** Over several primaries. */
final class InMemoryClusterRemoteTierTest extends RemoteTierContract {

    private final ManualTime time = new ManualTime();
    private final InMemoryServer server = InMemoryServer.create(time, 3);

    @Override
    protected RemoteTier connect() {
        return server.connect(4);
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Override
    protected void loseClock(String cache, int partition) {
        server.loseClock(cache, partition);
    }

    @Override
    protected void changeHistory() {
        server.changeHistories();
    }

    @Override
    protected void loseTag(String cache, String tag) {
        server.loseTag(cache, tag);
    }
}
