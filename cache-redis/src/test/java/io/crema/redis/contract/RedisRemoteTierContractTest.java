package io.crema.redis.contract;

import io.crema.spi.RemoteTier;
import io.crema.testkit.RemoteTierContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RedisRemoteTierContractTest extends RemoteTierContract {

    private static RealServer server;

    @BeforeAll
    static void start() {
        server = RealServer.standalone();
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

    @Override
    protected void changeHistory() {
        server.changeHistory();
    }

    @Override
    protected void loseTag(String cache, String tag) {
        server.loseTag(cache, tag);
    }
}
