package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void suites_none_areAll() {
        assertThat(Settings.of(new Properties()).suites()).containsExactly(Suite.values());
    }

    @Test
    void suites_namedWithSpaces_areThose() {
        assertThat(Settings.of(suites("clear-cost, reconnect")).suites())
                .containsExactly(Suite.CLEAR_COST, Suite.RECONNECT);
    }

    @Test
    void suites_unknown_isRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> Settings.of(suites("l1-hit,l3-hit")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'l3-hit'")
                .hasMessageContaining("l1-hit, l1-tagged, ")
                .hasMessageContaining("propagation");
    }

    private static Properties suites(String labels) {
        Properties properties = new Properties();
        properties.setProperty("bench.suites", labels);
        return properties;
    }
}
