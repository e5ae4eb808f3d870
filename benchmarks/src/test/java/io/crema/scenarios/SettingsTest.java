package io.crema.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private final Properties properties = new Properties();

    private void set(String name, String value) {
        properties.setProperty("scenarios." + name, value);
    }

    @Test
    void of_nothing_isAllWithThreeInstances() {
        set("scenario", "");
        Settings settings = Settings.of(properties);
        assertThat(settings.scenarios()).containsExactly(Scenario.values());
        assertThat(settings.instances()).isEqualTo(3);
        assertThat(settings.mode()).isEqualTo(Settings.Mode.ON);
        assertThat(settings.keys()).isEmpty();
    }

    @Test
    void of_names_areTakenInTheirOrder() {
        set("scenario", "redis-pause, stampede");
        set("duration", "PT7S");
        set("keys", "12");
        set("policies", "off");
        Settings settings = Settings.of(properties);
        assertThat(settings.scenarios()).containsExactly(Scenario.REDIS_PAUSE, Scenario.STAMPEDE);
        assertThat(settings.duration()).contains(Duration.ofSeconds(7));
        assertThat(settings.keys()).hasValue(12);
        assertThat(settings.policies(Policies.fresh(Duration.ofSeconds(1))).singleFlight())
                .isNotNull();
    }

    @Test
    void of_faults_areSaidAllAtOnceWithHelp() {
        set("scenario", "stampede,flood");
        set("instances", "0");
        set("duration", "10 s");
        set("policies", "maybe");
        assertThatThrownBy(() -> Settings.of(properties))
                .isInstanceOf(Settings.InvalidSettingsException.class)
                .hasMessageContaining("not \"flood\"")
                .hasMessageContaining("-Dinstances")
                .hasMessageContaining("-Dduration")
                .hasMessageContaining("-Dpolicies")
                .hasMessageContaining("mvn -q -Pscenarios")
                .hasMessageContaining("mass-expiry");
    }
}
