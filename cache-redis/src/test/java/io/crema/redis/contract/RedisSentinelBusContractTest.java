package io.crema.redis.contract;

import io.crema.spi.RemoteTier;
import io.crema.testkit.InvalidationBusContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RedisSentinelBusContractTest extends InvalidationBusContract {

    private static RealServer server;

    @BeforeAll
    static void start() {
        server = RealServer.sentinel();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected RemoteTier connect() {
        return server.connect(RealServer.PARTITIONS);
    }

    @Override
    protected RemoteTier connectWithOtherPartitions() {
        return server.connect(7);
    }

    @Override
    protected void loseClock(String cache, int partition) {
        server.loseClock(cache, partition);
    }
}
