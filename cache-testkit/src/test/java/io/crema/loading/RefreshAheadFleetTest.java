package io.crema.loading;

import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.policy.Backoff;
import io.crema.policy.RefreshAhead;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A value that all instances read late in its time is loaded anew by one of them, and the others take what it stored. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class RefreshAheadFleetTest {

    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final RefreshAhead POLICY = RefreshAhead.at(0.5).retry(Backoff.every(RETRY));

    private final Service service;
    private final Instance a;
    private final Instance b;
    private final Instance c;

    RefreshAheadFleetTest(Style style) {
        service = new Service(Setup.fleet(style));
        a = service.instance(builder -> builder.refreshAhead(POLICY));
        b = service.instance(builder -> builder.refreshAhead(POLICY));
        c = service.instance(builder -> builder.refreshAhead(POLICY));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private List<Instance> all() {
        return List.of(a, b, c);
    }

    private void dueForRefresh() {
        service.origin.give("v1");
        all().forEach(each -> assertThat(each.load("k")).isEqualTo("v1"));
        // A read that ends sees by the clock whether it should refresh, so time waits for it.
        service.settle();
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
    }

    @Test
    void get_byAllInstances_loadsOnce_andAllGetTheNewValue() {
        dueForRefresh();
        Held held = service.origin.hold();
        all().forEach(each -> assertThat(each.load("k")).isEqualTo("v1"));
        held.awaitCalled();
        held.answer("v2");
        service.passUntil(() -> all().stream().allMatch(each -> "v2".equals(each.load("k"))));
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_afterAnotherHasRefreshed_takesItsValue_withoutALoad() {
        dueForRefresh();
        service.origin.give("v2");
        a.load("k");
        service.until(() -> "v2".equals(a.look("k")));
        assertThat(b.load("k")).as("served at once").isIn("v1", "v2");
        service.until(() -> "v2".equals(b.look("k")));
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void get_refreshOfAnotherFails_isNotTriedByTheOthersAtOnce() {
        dueForRefresh();
        service.origin.fail();
        a.load("k");
        service.until(() -> a.stats().loadFailures() == 1);
        service.settle();
        all().forEach(each -> assertThat(each.load("k")).isEqualTo("v1"));
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(2);
        service.pass(RETRY.plus(MARGIN));
        service.origin.give("v2");
        service.passUntil(() -> all().stream().allMatch(each -> "v2".equals(each.load("k"))));
        assertThat(service.origin.calls()).isEqualTo(3);
    }

    @Test
    void get_staleAfterAFailedRefresh_isNotHeldBackByIt() {
        dueForRefresh();
        service.pass(FRESH.dividedBy(2).minus(MARGIN.multipliedBy(4)));
        service.origin.fail();
        a.load("k");
        service.until(() -> a.stats().loadFailures() == 1);
        service.settle();
        service.pass(MARGIN.multipliedBy(4));
        service.origin.give("v2");
        assertThat(service.finish(b.get("k"))).isEqualTo("v2");
    }

    /** Every instance would load what none can store for the others. */
    @Test
    void get_remoteTierAway_refreshesNothing_andIsLoadedWhenItIsNotProvenAnyMore() {
        dueForRefresh();
        a.remote().goOffline();
        service.origin.give("v2");
        assertThat(service.finish(a.get("k"))).isEqualTo("v1");
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(1);
        service.pass(Duration.ofSeconds(2));
        assertThat(service.finish(a.get("k"))).isEqualTo("v2");
    }

    @Test
    void refreshThatOutlastsFreshness_isStored_andNobodyElseLoads() {
        dueForRefresh();
        Held held = service.origin.hold();
        a.load("k");
        held.awaitCalled();
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
        Call<String> other = b.get("k");
        service.pass(Duration.ofMillis(200));
        held.answer("v2");
        assertThat(service.finish(other)).isEqualTo("v2");
        assertThat(a.look("k")).isEqualTo("v2");
        assertThat(c.look("k")).isEqualTo("v2");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void r23_invalidationByAnotherDuringTheRefresh_theOldValueIsKeptNowhere() {
        dueForRefresh();
        Held held = service.origin.hold();
        a.load("k");
        held.awaitCalled();
        b.invalidate("k");
        held.answer("v1 read before the commit");
        held.awaitEnded(1);
        service.settle();
        all().forEach(each -> assertThat(each.entry("k")).isNull());
        service.origin.give("v2");
        all().forEach(each -> assertThat(service.finish(each.get("k"))).isEqualTo("v2"));
    }

    @Test
    void r23_invalidationWhoseMessageIsLate_theFillIsRefused() {
        dueForRefresh();
        Held held = service.origin.hold();
        a.load("k");
        held.awaitCalled();
        a.remote().holdDelivery();
        b.invalidate("k");
        held.answer("v1 read before the commit");
        held.awaitEnded(1);
        service.settle();
        assertThat(b.look("k")).isNull();
        assertThat(a.stats().fillsRefused()).isEqualTo(1);
        a.remote().releaseDelivery();
        assertThat(a.look("k")).isNull();
    }

    @Test
    void r23_invalidationBetweenFillAndInstall_isNotUndone() {
        dueForRefresh();
        service.origin.give("v1 read before the commit");
        try (RemoteGate fills = a.remote().holdReplies(Operation.FILL)) {
            a.load("k");
            fills.awaitHeld(1);
            b.invalidate("k");
        }
        service.settle();
        assertThat(a.look("k")).isNull();
        assertThat(b.look("k")).isNull();
    }

    @Test
    void r23_putByAnotherDuringTheRefresh_stays() {
        dueForRefresh();
        Held held = service.origin.hold();
        a.load("k");
        held.awaitCalled();
        b.put("k", "put");
        held.answer("v1 read before the commit");
        held.awaitEnded(1);
        service.settle();
        all().forEach(each -> assertThat(each.look("k")).isEqualTo("put"));
    }

    @Test
    void r28_rowDeletedWhileTheRefreshRuns_isNotBroughtBack() {
        dueForRefresh();
        Held held = service.origin.hold();
        a.load("k");
        held.awaitCalled();
        b.invalidate("k");
        held.answer("the row that was deleted since");
        held.awaitEnded(1);
        service.settle();
        service.origin.give(null);
        all().forEach(each -> assertThat(service.finish(each.get("k"))).isNull());
    }

    @Test
    void r28_refreshFindsNoRow_removesTheValue() {
        dueForRefresh();
        service.origin.give(null);
        assertThat(a.load("k")).isEqualTo("v1");
        service.until(() -> a.look("k") == null);
        Instance late = service.instance(builder -> builder.refreshAhead(POLICY));
        assertThat(late.look("k")).as("in the remote tier").isNull();
    }
}
