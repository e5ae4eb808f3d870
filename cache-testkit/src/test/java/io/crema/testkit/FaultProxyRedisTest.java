package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultProxyRedisTest {

    private static final int LIMIT_MILLIS = 10_000;

    private EmbeddedRedis redis;
    private FaultProxy proxy;

    @BeforeAll
    void startServer() {
        redis = EmbeddedRedis.start();
    }

    @AfterAll
    void closeServer() {
        redis.close();
    }

    @BeforeEach
    void startProxy() {
        proxy = FaultProxy.to(redis.port());
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    @Test
    void call_noFaults_passesBothWays() throws IOException {
        try (RespClient client = RespClient.connect(proxy.port(), null, LIMIT_MILLIS)) {
            String large = "x".repeat(3_000_000);
            assertThat(client.call("SET", "a", large)).containsExactly("OK");
            assertThat(client.call("GET", "a")).containsExactly(large);
        }
    }
}
