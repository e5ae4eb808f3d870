package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.policy.Backoff;
import io.crema.policy.StaleOnError;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Several instances leave an origin that fails alone together. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class StaleOnErrorFleetTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final StaleOnError POLICY =
            StaleOnError.upTo(LIMIT).retry(Backoff.doubling(STEP, Duration.ofSeconds(8)));

    private final Service service;
    private final Instance a;
    private final Instance b;
    private final Instance c;

    StaleOnErrorFleetTest(Style style) {
        service = new Service(Setup.fleet(style));
        a = service.instance(builder -> builder.staleOnError(POLICY));
        b = service.instance(builder -> builder.staleOnError(POLICY));
        c = service.instance(builder -> builder.staleOnError(POLICY));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private List<Instance> all() {
        return List.of(a, b, c);
    }

    /** A value that has just become stale in all instances but c, which has none; and the origin fails from now on. */
    private void staleWhileDown() {
        service.origin.give("v1");
        assertThat(a.load("k")).isEqualTo("v1");
        assertThat(b.load("k")).isEqualTo("v1");
        service.passFreshness();
        service.origin.fail();
    }

    @Test
    void get_afterAnotherInstancesFailure_givesTheReserve_withoutAskingTheOrigin() {
        staleWhileDown();
        assertThat(a.load("k")).isEqualTo("v1");
        assertThat(b.load("k")).isEqualTo("v1");
        assertThat(c.load("k")).as("its reserve lies in the remote tier").isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(2);
        assertThat(all())
                .allSatisfy(each -> assertThat(each.known("k").isStale()).isTrue());
    }

    @Test
    void get_byAllInstances_asksTheOriginOncePerStep_andTheStepsGrowForAll() {
        staleWhileDown();
        for (long wait : new long[] {1, 2, 4, 8, 8}) {
            int before = service.origin.calls();
            assertThat(all()).extracting(each -> each.load("k")).containsOnly("v1");
            service.pass(Duration.ofSeconds(wait).minus(MARGIN.multipliedBy(2)));
            assertThat(all()).extracting(each -> each.load("k")).containsOnly("v1");
            assertThat(service.origin.calls())
                    .as("within %s s after a failure", wait)
                    .isEqualTo(before + 1);
            service.pass(MARGIN.multipliedBy(3));
        }
    }

    @Test
    void get_whileAnotherInstanceLoads_waits_andGetsTheReserveWhenThatFails() {
        staleWhileDown();
        Held held = service.origin.hold();
        Call<String> loading = a.get("k");
        held.awaitCalled();
        Call<String> waiting = b.get("k");
        held.fail(DOWN);
        assertThat(service.finish(loading)).isEqualTo("v1");
        assertThat(service.finish(waiting)).isEqualTo("v1");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_whenTheOriginIsBack_givesTheNewValueEverywhere_byOneLoad() {
        staleWhileDown();
        all().forEach(each -> each.load("k"));
        service.pass(STEP.plus(MARGIN));
        service.origin.give("v2");
        int before = service.origin.calls();
        assertThat(b.load("k")).isEqualTo("v2");
        service.pass(STEP.plus(MARGIN));
        assertThat(all()).extracting(each -> each.load("k")).containsOnly("v2");
        assertThat(service.origin.calls()).isEqualTo(before + 1);
    }

    @Test
    void invalidate_byAnotherInstance_endsTheHoldBackAndTheReserve() {
        staleWhileDown();
        a.load("k");
        b.invalidate("k");
        service.origin.give("v2");
        assertThat(a.load("k")).isEqualTo("v2");

        service.passFreshness();
        service.origin.fail();
        a.load("k");
        b.invalidate("k");
        assertThat(a.entry("k")).isNull();
        assertThat(service.failure(a.get("k"))).isSameAs(DOWN);
    }

    @Test
    void expire_byAnotherInstance_endsTheHoldBackAndKeepsTheReserve() {
        staleWhileDown();
        a.load("k");
        b.expire("k");
        int before = service.origin.calls();
        assertThat(a.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(before + 1);
        c.expire("k");
        service.origin.give("v2");
        assertThat(a.load("k")).isEqualTo("v2");
    }

    @Test
    void put_byAnotherInstance_endsTheHoldBack() {
        staleWhileDown();
        a.load("k");
        b.put("k", "put");
        assertThat(a.load("k")).isEqualTo("put");
    }

    @Test
    void refresh_ofAKeyThatIsHeldBack_asksTheOrigin_andTheOthersFollow() {
        staleWhileDown();
        all().forEach(each -> each.load("k"));
        service.origin.give("v2");
        assertThat(service.finish(b.refresh("k"))).isEqualTo("v2");
        int before = service.origin.calls();
        service.pass(STEP.plus(MARGIN));
        assertThat(all()).extracting(each -> each.load("k")).containsOnly("v2");
        assertThat(service.origin.calls()).isEqualTo(before);
    }

    @Test
    void get_remoteTierAwayToo_givesTheOwnReserve_andLeavesTheOriginAlone() {
        staleWhileDown();
        a.remote().goOffline();
        int before = service.origin.calls();
        assertThat(a.load("k")).isEqualTo("v1");
        assertThat(a.known("k").isStale()).isTrue();
        assertThat(a.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).as("one attempt").isEqualTo(before + 1);
    }

    @Test
    void get_remoteTierAwayToo_limitIsStillCountedFromTheLoad() {
        staleWhileDown();
        a.remote().goOffline();
        service.finish(a.get("k"));
        service.pass(LIMIT.minus(FRESH));
        assertThat(service.failure(a.get("k"))).isSameAs(DOWN);
    }

    /** The remote tier has lost the record, so there is nobody to share the hold-back with. */
    @Test
    void get_recordEvicted_givesTheNearReserve() {
        staleWhileDown();
        service.loseRecord("k");
        assertThat(service.finish(a.get("k"))).isEqualTo("v1");
    }
}
