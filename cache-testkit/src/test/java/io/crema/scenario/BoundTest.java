package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Tier;
import io.crema.testkit.Operation;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How long an instance that hears nothing serves what it has: the bound, less the margin of the clock. */
@ParameterizedClass
@EnumSource(Style.class)
class BoundTest {

    /** The default bound of 2 s less the margin of 250 ms. */
    private static final Duration WINDOW = Duration.ofMillis(1_750);

    private static final Duration TICK = Duration.ofMillis(5);

    private final Fleet fleet = new Fleet(1);
    private final HeldCodec codec = new HeldCodec();
    private final Style style;
    private final Caller<String> a;
    private final Caller<String> b;

    BoundTest(Style style) {
        this.style = style;
        a = style.caller(fleet.node(builder -> builder.codec(codec)));
        b = style.caller(fleet.node());
        // The first write of a partition starts its clock, which looks like a gap.
        b.put("first", "").await();
        b.put("k", "v1").await();
        assertThat(a.read("k")).isEqualTo("v1");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** The connection looks alive, but nothing comes: neither messages nor replies. */
    private void silenceTheBus() {
        a.remote().hang(Operation.HEARTBEAT, Operation.SUBSCRIBE, Operation.POSITION);
        a.remote().dropMessages(1_000);
    }

    @Test
    void deadBus_nearValuesAreServedForTheWindowAndNotLonger() {
        fleet.pass(Duration.ofMinutes(1));
        silenceTheBus();
        b.put("k", "v2").await();

        int reads = a.reads();
        fleet.pass(WINDOW);
        assertThat(a.read("k")).as("confirmed exactly the window ago").isEqualTo("v1");
        assertThat(a.reads()).isEqualTo(reads);
        fleet.pass(TICK);
        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(a.reads()).as("the header, then the record").isEqualTo(reads + 2);
    }

    @Test
    void noLease_aValueIsServedByItsOwnAge() {
        silenceTheBus();
        fleet.pass(Duration.ofSeconds(10));
        assertThat(a.read("k")).isEqualTo("v1");
        b.put("k", "v2").await();

        int reads = a.reads();
        fleet.pass(WINDOW.minus(TICK));
        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.reads()).isEqualTo(reads);
        fleet.pass(TICK);
        assertThat(a.read("k")).isEqualTo("v2");
    }

    @Test
    void noLease_clearOfAnother_isSeenAtTheNextRemoteRead() {
        b.put("other", "w1").await();
        silenceTheBus();
        fleet.pass(Duration.ofSeconds(10));

        b.clear().await();

        assertThat(a.read("k")).as("the floor comes with the header").isNull();
        assertThat(a.read("other")).as("the floor comes with the record").isNull();
    }

    @Test
    void remoteTierAway_loadsGoToTheOriginAndLiveForTheWindow() {
        a.remote().goOffline();
        fleet.pass(Duration.ofSeconds(10));

        assertThat(a.load("k", "w1")).isEqualTo("w1");
        fleet.pass(WINDOW.minus(TICK));
        assertThat(a.load("k", "w2")).isEqualTo("w1");
        fleet.pass(TICK);
        assertThat(a.load("k", "w3")).isEqualTo("w3");
    }

    @Test
    void loadThatFillsNothing_livesForTheWindowEvenWithALease() {
        a.remote().fail(Operation.LEASE);
        assertThat(a.load("other", "w1")).isEqualTo("w1");
        a.remote().recover();

        fleet.pass(WINDOW.minus(TICK));
        assertThat(a.read("other")).isEqualTo("w1");
        fleet.pass(TICK);
        assertThat(a.read("other")).isNull();
    }

    @Test
    void r46_connectionThatAnswersButIsNoPrimary_doesNotRenewTheLease() {
        a.remote().fail(Operation.HEARTBEAT, Operation.SUBSCRIBE);
        a.remote().dropMessages(1_000);
        b.put("k", "v2").await();

        fleet.pass(WINDOW.plus(TICK));

        assertThat(a.read("k")).isEqualTo("v2");
    }

    /** The process stops after the reply; meanwhile the message comes. */
    @Test
    void r51_pauseBetweenReplyAndInstall_theInvalidationIsNotUndone() {
        b.put("other", "w1").await();
        codec.hold();
        Call<String> read = a.look("other");
        codec.awaitHeld(2);

        b.put("other", "w2").await();
        fleet.pass(Duration.ofSeconds(5));
        codec.release();

        assertThat(read.await()).isEqualTo("w1");
        assertThat(a.read("other")).isEqualTo("w2");
    }

    /** The process stops after the reply, and has not got the message when it goes on. */
    @Test
    void r51_pauseBetweenReplyAndInstallAndNoMessage_theValueIsAsOldAsItsRead() {
        b.put("other", "w1").await();
        silenceTheBus();
        codec.hold();
        Call<String> read = a.look("other");
        codec.awaitHeld(2);

        b.put("other", "w2").await();
        fleet.pass(Duration.ofSeconds(5));
        codec.release();

        assertThat(read.await()).isEqualTo("w1");
        assertThat(a.read("other")).isEqualTo("w2");
    }

    @Test
    void noLease_aReadDoesNotJoinOneThatBeganBeforeTheWindow() {
        silenceTheBus();
        b.put("other", "w1").await();
        fleet.pass(Duration.ofSeconds(10));
        codec.hold();
        Call<String> older = a.look("other");
        codec.awaitHeld(2);
        b.put("other", "w2").await();
        fleet.pass(WINDOW);

        Call<String> newer = a.look("other");
        codec.awaitHeld(3);
        codec.release();

        assertThat(newer.await()).isEqualTo("w2");
        assertThat(older.await()).isEqualTo("w1");
        assertThat(a.read("other")).isEqualTo("w2");
    }

    @Test
    void reconnect_nothingMissed_theNearTierStaysHot() {
        a.remote().disconnect();
        fleet.pass(Duration.ofSeconds(10));
        a.remote().reconnect();

        int reads = a.reads();
        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.reads()).isEqualTo(reads);
        assertThat(a.cache().stats().resyncsKept()).isPositive();
    }

    @Test
    void heartbeatsFailTwice_aNewConnectionIsMade() {
        int subscribed = a.remote().executed(Operation.SUBSCRIBE);
        a.remote().hang(Operation.HEARTBEAT);
        fleet.pass(Duration.ofMillis(1_000));
        assertThat(a.remote().executed(Operation.SUBSCRIBE)).isEqualTo(subscribed);

        fleet.pass(Duration.ofMillis(500));

        assertThat(a.remote().executed(Operation.SUBSCRIBE)).isEqualTo(subscribed + 1);
        a.remote().recover();
        fleet.pass(Duration.ofSeconds(10));
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void heartbeatFailsOnce_theConnectionStays() {
        int subscribed = a.remote().executed(Operation.SUBSCRIBE);
        a.remote().fail(Operation.HEARTBEAT);
        fleet.pass(Duration.ofMillis(500));
        a.remote().recover();
        fleet.pass(Duration.ofSeconds(3));

        assertThat(a.remote().executed(Operation.SUBSCRIBE)).isEqualTo(subscribed);
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void subscribingOrReadingTheClocksFails_isTriedAgain() {
        a.remote().disconnect();
        a.remote().fail(Operation.SUBSCRIBE);
        a.remote().reconnect();
        a.remote().recover();
        a.remote().fail(Operation.POSITION);
        fleet.pass(Duration.ofMillis(500));
        a.remote().recover();

        fleet.pass(Duration.ofSeconds(10));

        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }
}
