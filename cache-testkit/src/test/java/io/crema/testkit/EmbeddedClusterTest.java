package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class EmbeddedClusterTest {

    @Test
    void start_default_allAgree() throws IOException {
        try (EmbeddedCluster cluster = EmbeddedCluster.start()) {
            assertThat(cluster.uri()).matches("redis://(127\\.0\\.0\\.1:\\d+,?){6}");
            assertThat(cluster.uris()).hasSize(6).allMatch(uri -> uri.matches("redis://127\\.0\\.0\\.1:\\d+"));
            assertThat(cluster.nodes().get(3).call("CLUSTER", "INFO").get(0)).contains("cluster_state:ok");
        }
    }
}
