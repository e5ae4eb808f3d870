package io.crema.loading;

import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Style;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Values that have just become stale everywhere are served everywhere, and loaded by one instance. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class StaleWhileRevalidateFleetTest {

    private static final Duration WINDOW = Duration.ofSeconds(5);
    private static final StaleWhileRevalidate POLICY = StaleWhileRevalidate.upTo(WINDOW);

    private final Service service;
    private final List<Instance> all;

    StaleWhileRevalidateFleetTest(Style style) {
        service = new Service(Setup.fleet(style));
        all = List.of(1, 2, 3).stream()
                .map(number -> service.instance(builder -> builder.staleWhileRevalidate(POLICY)))
                .toList();
    }

    @AfterEach
    void close() {
        service.close();
    }

    private void stale() {
        service.origin.give("v1");
        assertThat(all).extracting(each -> each.load("k")).containsOnly("v1");
        service.passFreshness();
    }

    @Test
    void get_byAllInstances_isServedAtOnce_andLoadedByOne() {
        stale();
        Held held = service.origin.hold();
        assertThat(all).extracting(each -> each.load("k")).containsOnly("v1");
        held.awaitCalled();
        assertThat(all).extracting(each -> each.load("k")).containsOnly("v1");
        held.answer("v2");
        service.passUntil(() -> all.stream().allMatch(each -> "v2".equals(each.load("k"))));
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_newInstance_servesWhatTheRemoteTierHas() {
        stale();
        Instance late = service.instance(builder -> builder.staleWhileRevalidate(POLICY));
        Held held = service.origin.hold();
        assertThat(late.load("k")).isEqualTo("v1");
        held.awaitCalled();
        held.answer("v2");
        service.until(() -> "v2".equals(late.look("k")));
    }

    @Test
    void get_loadBehindFails_isNotTriedByTheOthersAtOnce() {
        stale();
        service.origin.fail();
        all.get(0).load("k");
        service.until(() -> all.get(0).stats().loadFailures() == 1);
        service.settle();
        all.forEach(each -> assertThat(each.load("k")).isEqualTo("v1"));
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    /** Every instance would load what none can store for the others. */
    @Test
    void get_remoteTierAway_isServedAtOnce_andTheOriginIsLeftAlone_untilTheWindowEnds() {
        stale();
        Instance alone = all.get(0);
        alone.remote().goOffline();
        service.pass(MARGIN);
        assertThat(service.finish(alone.get("k"))).isEqualTo("v1");
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(1);
        service.pass(WINDOW);
        service.origin.give("v2");
        assertThat(service.finish(alone.get("k"))).isEqualTo("v2");
    }
}
