package io.crema.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PolicyPropertiesTest {

    static PolicyProperties withTimeToLive(String time) {
        return bound(Map.of("p.time-to-live", time));
    }

    private static PolicyProperties bound(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bind("p", PolicyProperties.class)
                .get();
    }

    @Test
    void over_everyComponent_ownFirstThenTheOthers() throws ReflectiveOperationException {
        PolicyProperties full = bound(Map.ofEntries(
                Map.entry("p.tiers", "near"),
                Map.entry("p.time-to-live", "1s"),
                Map.entry("p.jitter", "0.2"),
                Map.entry("p.null-time-to-live", "2s"),
                Map.entry("p.staleness", "3s"),
                Map.entry("p.maximum-size", "4"),
                Map.entry("p.near-time-to-live", "5s"),
                Map.entry("p.near-time-to-idle", "6s"),
                Map.entry("p.stale-on-error", "7s"),
                Map.entry("p.retry-every", "8s"),
                Map.entry("p.stale-while-revalidate", "9s"),
                Map.entry("p.refresh-ahead", "0.5"),
                Map.entry("p.soft-timeout", "10ms"),
                Map.entry("p.hard-timeout", "11s"),
                Map.entry("p.concurrent-loads", "12"),
                Map.entry("p.failure-time-to-live", "13s"),
                Map.entry("p.degraded", "fail"),
                Map.entry("p.quarantine-on-commit", "14s")));
        PolicyProperties none = new PolicyProperties(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null);
        Set<Object> values = new HashSet<>();
        for (var component : PolicyProperties.class.getRecordComponents()) {
            assertThat(component.getAccessor().invoke(full))
                    .as(component.getName())
                    .isNotNull();
            values.add(component.getName());
        }

        assertThat(values).hasSize(18);
        assertThat(none.over(full)).isEqualTo(full);
        assertThat(full.over(PolicyProperties.STANDARD)).isEqualTo(full);
        assertThat(full.over(null)).isEqualTo(full);
    }
}
