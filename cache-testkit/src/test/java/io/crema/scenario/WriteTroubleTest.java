package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.crema.InvalidationPendingException;
import io.crema.LoadingTieredCache;
import io.crema.policy.WritePolicy;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.Operation;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rows of the table of writes to the origin in which the remote tier, or the process, fails. */
@Timeout(60)
class WriteTroubleTest {

    private static final Duration RETRY = Duration.ofMillis(250);

    private final Fleet fleet = new Fleet();
    private final Table table = new Table();
    private final Node a = fleet.bare();
    private final Node b = fleet.bare();
    private final LoadingTieredCache<String, String> here = through(a);
    private final LoadingTieredCache<String, String> there = through(b);

    WriteTroubleTest() {
        table.set("k", "v1");
        assertThat(here.get("k")).isEqualTo("v1");
        assertThat(there.get("k")).isEqualTo("v1");
    }

    private LoadingTieredCache<String, String> through(Node node) {
        return Fleet.texts(node).writer(table).build(table::read);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void beginNotConfirmed_originIsWrittenAndTheKeyInvalidated() {
        a.remote().fail(Operation.QUARANTINE);

        here.put("k", "v2");

        assertThat(table.calls.get(0).writeId())
                .as("nobody has put it in order")
                .isZero();
        assertThat(there.get("k")).isEqualTo("v2");
        assertThat(here.get("k")).isEqualTo("v2");
        assertThat(here.stats().invalidationsPending()).isZero();
    }

    /** The quarantine began all the same: its end must be sent, or readers would go to the origin for half a minute. */
    @Test
    void beginExecutedButNotAnswered_isEnded() {
        try (var replies = a.remote().holdReplies(Operation.QUARANTINE)) {
            Call<Void> put = new Call<>(here.async().put("k", "v2"), null);
            replies.awaitHeld(1);
            fleet.passUntilDone(put);
        }

        assertThat(there.get("k")).isEqualTo("v2");
        assertThat(there.getIfPresent("k")).as("kept").isEqualTo("v2");
    }

    @Test
    void remoteAway_originIsWrittenAndTheCallerToldThatTheInvalidationIsPending() {
        a.remote().goOffline();

        assertThatThrownBy(() -> here.put("k", "v2"))
                .isInstanceOf(InvalidationPendingException.class)
                .hasMessageContaining("'texts'")
                .hasMessageContaining("has been made");

        assertThat(table.read("k")).isEqualTo("v2");
        assertThat(here.get("k")).isEqualTo("v2");
        a.remote().comeBack();
        fleet.pass(Duration.ofSeconds(2));
        assertThat(there.get("k")).isEqualTo("v2");
        assertThat(here.stats().invalidationsPending()).isZero();
    }

    @Test
    void remoteAwayWhileTheWriterRuns_nobodyKeepsTheOldValue() {
        table.after(key -> a.remote().goOffline());

        assertThatThrownBy(() -> here.put("k", "v2")).isInstanceOf(InvalidationPendingException.class);

        assertThat(there.get("k")).as("in quarantine").isEqualTo("v2");
        a.remote().comeBack();
        fleet.pass(Duration.ofSeconds(31));
        assertThat(there.get("k")).isEqualTo("v2");
        assertThat(there.getIfPresent("k")).isEqualTo("v2");
    }

    @Test
    void putNotConfirmed_keyIsInvalidatedAndThePutSucceeds() {
        a.remote().fail(Operation.PUT);

        here.put("k", "v2");

        assertThat(there.get("k")).isEqualTo("v2");
        assertThat(here.get("k")).isEqualTo("v2");
    }

    @Test
    void neitherPutNorInvalidationConfirmed_isPending() {
        a.remote().fail(Operation.PUT, Operation.INVALIDATE);

        assertThatThrownBy(() -> here.put("k", "v2")).isInstanceOf(InvalidationPendingException.class);

        assertThat(there.get("k")).as("in quarantine").isEqualTo("v2");
        a.remote().recover();
        fleet.pass(RETRY);
        assertThat(here.stats().invalidationsPending()).isZero();
    }

    @Test
    void writerFailsAndTheEndIsNotConfirmed_bothAreTold() {
        IllegalStateException failure = new IllegalStateException("deadlock");
        table.before(key -> {
            a.remote().fail(Operation.END_QUARANTINE, Operation.INVALIDATE);
            throw failure;
        });

        assertThat(catchThrowable(() -> here.put("k", "v2"))).isSameAs(failure);

        assertThat(failure.getSuppressed()).hasSize(1).allMatch(InvalidationPendingException.class::isInstance);
        a.remote().recover();
        fleet.pass(RETRY);
        assertThat(there.get("k")).isEqualTo("v1");
    }

    /** Whose requests never arrive, whatever it tries, has died as far as others can tell. */
    @Test
    void r61_processDiesAfterTheCommit_readersGoToTheOriginUntilTheQuarantineEnds() {
        a.remote().hang(Operation.PUT, Operation.END_QUARANTINE, Operation.INVALIDATE);
        Call<Void> put = new Call<>(here.async().put("k", "v2"), null);
        Waiting.until(() -> "v2".equals(table.read("k")), () -> {});

        assertThat(there.get("k")).isEqualTo("v2");
        assertThat(there.getIfPresent("k")).isNull();
        fleet.pass(Duration.ofSeconds(31));
        assertThat(there.get("k")).isEqualTo("v2");
        assertThat(there.getIfPresent("k")).isEqualTo("v2");
        assertThat(put.failure()).isInstanceOf(InvalidationPendingException.class);
    }

    @Test
    void through_shorterQuarantine_endsEarlier() {
        Node c = fleet.bare();
        LoadingTieredCache<String, String> cache = Fleet.texts(c)
                .writer(table)
                .writePolicy(WritePolicy.through().quarantine(Duration.ofSeconds(2)))
                .build(table::read);
        table.after(key -> fleet.pass(Duration.ofSeconds(3)));

        cache.put("k", "v2");

        assertThat(cache.getIfPresent("k"))
                .as("over before the writer was: whatever came meanwhile may be older")
                .isNull();
        assertThat(cache.get("k")).isEqualTo("v2");
    }

    @Test
    void around_endNotConfirmed_isPending() {
        Node c = fleet.bare();
        LoadingTieredCache<String, String> around =
                Fleet.texts(c).writer(table).writePolicy(WritePolicy.around()).build(table::read);
        c.remote().fail(Operation.INVALIDATE);

        assertThatThrownBy(() -> around.put("k", "v2"))
                .isInstanceOf(InvalidationPendingException.class)
                .hasMessageContaining("has been made");

        assertThat(table.read("k")).isEqualTo("v2");
        assertThat(around.get("k")).isEqualTo("v2");
        c.remote().recover();
        fleet.pass(RETRY);
        assertThat(there.get("k")).isEqualTo("v2");
    }
}
