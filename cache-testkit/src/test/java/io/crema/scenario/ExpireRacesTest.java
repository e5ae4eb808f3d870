package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.EntryOptions;
import io.crema.Tier;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Expiries against loads, fills, puts and reads under way. */
@ParameterizedClass
@EnumSource(Style.class)
class ExpireRacesTest {

    private final Fleet fleet = new Fleet(1);
    private final LoadingCaller a;
    private final LoadingCaller b;

    ExpireRacesTest(Style style) {
        a = new LoadingCaller(style, fleet.bare());
        b = new LoadingCaller(style, fleet.bare());
        b.put("k", "v0");
        assertThat(a.read("k")).isEqualTo("v0");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void expire_duringALoad_isNotUndone() {
        b.expire("k").await();
        HeldLoader held = a.loader.hold();
        Call<String> load = a.get("k");
        held.awaitCalled();

        b.expire("k").await();
        held.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void expire_whileTheRecordIsUnderWay_isNotInstalled() {
        b.put("other", "v1");
        RemoteGate reads = a.remote().holdReplies(Operation.READ);
        Call<String> read = a.values.look("other");
        reads.awaitHeld(1);

        b.expire("other").await();
        reads.open();

        assertThat(read.await()).as("it began before").isEqualTo("v1");
        assertThat(a.read("other")).isNull();
    }

    @Test
    void expire_beforeTheReplyToAnEarlierPut_isNotUndone() {
        RemoteGate puts = a.remote().holdReplies(Operation.PUT);
        Call<Void> put = a.put("k", "v1", EntryOptions.defaults());
        puts.awaitHeld(1);

        b.expire("k").await();
        puts.open();

        put.await();
        assertThat(a.read("k")).isNull();
    }

    @Test
    void expire_readerThatComesLater_doesNotJoinTheLoadBefore() {
        b.expire("k").await();
        HeldLoader older = a.loader.hold();
        Call<String> first = a.get("k");
        older.awaitCalled();

        a.expire("k").await();
        a.loader.give("v2");
        assertThat(a.load("k")).isEqualTo("v2");

        older.answer("v1");
        assertThat(first.await()).isEqualTo("v1");
        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(a.values.tier("k")).isEqualTo(Tier.NEAR);
    }

    /** The record has another token now, or is stale: the copy that is here does not come back. */
    @Test
    void expire_messageLost_suspectEntryIsNotMadeGood() {
        a.remote().dropMessages(1);
        b.expire("k").await();
        assertThat(a.read("k")).as("within the bound").isEqualTo("v0");

        b.put("other", "");

        assertThat(a.read("k")).isNull();
    }

    @Test
    void expire_messageLate_latestIsNotDeceived() {
        a.remote().holdDelivery();
        b.expire("k").await();

        assertThat(a.read("k")).as("within the bound").isEqualTo("v0");
        assertThat(a.values.latest("k").await()).isNull();
    }

    @Test
    void expire_reloadedByOne_theOthersTakeItFromThere() {
        b.expire("k").await();
        a.loader.give("v1");
        assertThat(a.load("k")).isEqualTo("v1");

        assertThat(b.load("k")).isEqualTo("v1");

        assertThat(b.loader.calls()).isZero();
    }
}
