package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class EmbeddedSentinelTest {

    @Test
    void start_default_primaryIsCopied() throws IOException {
        try (EmbeddedSentinel topology = EmbeddedSentinel.start()) {
            assertThat(topology.uri()).matches("redis-sentinel://(127\\.0\\.0\\.1:\\d+,?){3}#mymaster");
            topology.primary().call("SET", "a", "1");
            assertThat(topology.primary().call("WAIT", "2", "10000")).containsExactly("2");
        }
    }
}
