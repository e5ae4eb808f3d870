package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Tag("end-to-end")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedClusterTest {

    private static final int SLOT = 700;
    private static final String TAG = "{" + EmbeddedCluster.tagOf(SLOT) + "}";

    private EmbeddedCluster cluster;

    @BeforeAll
    void startCluster() {
        cluster = EmbeddedCluster.start("--maxmemory", "12345678");
    }

    @AfterAll
    void closeCluster() {
        cluster.close();
    }

    @BeforeEach
    void healCluster() throws IOException {
        cluster.heal();
        for (EmbeddedRedis primary : cluster.primaries()) {
            primary.call("FLUSHALL");
        }
    }

    @Test
    void start_slots_areSharedAmongThreePrimariesWithOneReplicaEach() throws IOException {
        assertThat(cluster.uri()).matches("redis://(127\\.0\\.0\\.1:\\d+,?){6}");
        assertThat(cluster.uris()).hasSize(6).allMatch(uri -> uri.matches("redis://127\\.0\\.0\\.1:\\d+"));
        assertThat(cluster.primaries()).hasSize(3).doesNotHaveDuplicates();
        for (int slot : List.of(0, 5461, 8191, 16383)) {
            EmbeddedRedis owner = cluster.primaryOf(slot);
            assertThat(cluster.replicasOf(owner)).hasSize(1);
            String key = "{" + EmbeddedCluster.tagOf(slot) + "}a";
            assertThat(owner.call("SET", key, "1")).containsExactly("OK");
            assertThat(owner.call("WAIT", "1", "10000")).containsExactly("1");
            assertThat(owner.call("CONFIG", "GET", "maxmemory")).contains("12345678");
        }
    }

    @Test
    void slotOf_keys_agreesWithTheServer() throws IOException {
        for (String key : List.of("", "123456789", "{a}b", "x{a}b{c}", "{}a", "a}b{c", "{{a}}", "a{b")) {
            assertThat(cluster.nodes().get(0).call("CLUSTER", "KEYSLOT", key))
                    .containsExactly(String.valueOf(EmbeddedCluster.slotOf(key)));
        }
        assertThat(EmbeddedCluster.slotOf(TAG + "a")).isEqualTo(SLOT);
        assertThatThrownBy(() -> EmbeddedCluster.tagOf(EmbeddedCluster.SLOTS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void failover_killedPrimary_replicaTakesOverWithTheData() throws IOException {
        EmbeddedRedis old = cluster.primaryOf(SLOT);
        old.call("SET", TAG, "1");
        assertThat(old.call("WAIT", "1", "10000")).containsExactly("1");

        EmbeddedRedis successor = cluster.failover(SLOT);

        assertThat(old.isRunning()).isFalse();
        assertThat(successor).isNotEqualTo(old).isEqualTo(cluster.primaryOf(SLOT));
        assertThat(successor.call("GET", TAG)).containsExactly("1");

        cluster.heal();
        assertThat(cluster.replicasOf(successor)).containsExactly(old);
    }

    @Test
    void switchover_runningPrimary_becomesTheReplica() throws IOException {
        EmbeddedRedis old = cluster.primaryOf(SLOT);
        old.call("SET", TAG, "1");

        EmbeddedRedis successor = cluster.switchover(SLOT);

        assertThat(successor.call("GET", TAG)).containsExactly("1");
        cluster.heal();
        assertThat(cluster.replicasOf(successor)).containsExactly(old);
    }

    @Test
    void failoverLosingWrites_writesDuringTheCut_areNowhere() throws IOException {
        EmbeddedRedis old = cluster.primaryOf(SLOT);
        old.call("SET", TAG + "before", "1");

        EmbeddedRedis successor = cluster.failoverLosingWrites(SLOT, () -> {
            assertThat(set(old, TAG + "before", "2")).containsExactly("OK");
            assertThat(set(old, TAG + "during", "2")).containsExactly("OK");
        });

        assertThat(successor).isNotEqualTo(old);
        assertThat(successor.call("GET", TAG + "before")).containsExactly("1");
        cluster.heal();
        assertThat(cluster.primaryOf(SLOT)).isEqualTo(successor);
        assertThat(successor.call("EXISTS", TAG + "during")).containsExactly("0");
        assertThat(old.call("DBSIZE")).containsExactly("1");
    }

    @Test
    void awaitSuccessorOf_pausedPrimary_comesBackAsTheReplica() {
        EmbeddedRedis old = cluster.primaryOf(SLOT);
        old.pause();

        EmbeddedRedis successor = cluster.awaitSuccessorOf(old, SLOT);
        old.resume();

        assertThat(cluster.primaryOf(SLOT)).isEqualTo(successor);
        Awaitility.await().ignoreExceptions().until(() -> !Replication.of(old).isPrimary());
    }

    @Test
    void restart_primaryThatWasAReplica_staysPrimaryAndIsEmpty() throws IOException {
        EmbeddedRedis first = cluster.primaryOf(SLOT);
        first.call("SET", TAG, "1");
        cluster.replicasOf(first).get(0).restart();
        cluster.heal();
        EmbeddedRedis primary = cluster.switchover(SLOT);
        assertThat(primary.call("GET", TAG)).containsExactly("1");

        primary.restart();

        cluster.heal();
        assertThat(cluster.primaryOf(SLOT)).isEqualTo(primary);
        assertThat(primary.call("EXISTS", TAG)).containsExactly("0");
    }

    @Test
    void moveSlot_withKeys_targetOwnsSlotAndKeys() throws IOException {
        EmbeddedRedis source = cluster.primaryOf(SLOT);
        EmbeddedRedis target = otherThan(source);
        for (int i = 0; i < 250; i++) {
            source.call("SET", TAG + i, "é" + i);
        }

        cluster.moveSlot(SLOT, target);

        assertThat(cluster.primaryOf(SLOT)).isEqualTo(target);
        assertThat(target.call("CLUSTER", "COUNTKEYSINSLOT", String.valueOf(SLOT)))
                .containsExactly("250");
        assertThat(target.call("GET", TAG + 249)).containsExactly("é249");
        assertThat(source.call("CLUSTER", "COUNTKEYSINSLOT", String.valueOf(SLOT)))
                .containsExactly("0");
        assertThatThrownBy(() -> source.call("GET", TAG + 1)).hasMessage("MOVED 700 127.0.0.1:" + target.port());
    }

    @Test
    void beginMove_halfOfTheKeysMoved_clientsAreSentOnAndToldToTryAgain() throws IOException {
        EmbeddedRedis source = cluster.primaryOf(SLOT);
        EmbeddedRedis target = otherThan(source);
        source.call("SET", TAG + "a", "1");
        source.call("SET", TAG + "b", "2");

        SlotMove move = cluster.beginMove(SLOT, target);
        assertThat(source.call("MGET", TAG + "a", TAG + "b")).containsExactly("1", "2");
        assertThat(move.moveKeys(1)).isEqualTo(1);

        assertThatThrownBy(() -> source.call("MGET", TAG + "a", TAG + "b")).hasMessageStartingWith("TRYAGAIN");
        assertThatThrownBy(() -> source.call("GET", TAG + "none")).hasMessage("ASK 700 127.0.0.1:" + target.port());
        assertThatThrownBy(() -> target.call("GET", TAG + "none")).hasMessage("MOVED 700 127.0.0.1:" + source.port());
        try (RespClient client = target.connect()) {
            client.call("ASKING");
            assertThatThrownBy(() -> client.call("MGET", TAG + "a", TAG + "b")).hasMessageStartingWith("TRYAGAIN");
        }
        assertThat(cluster.primaryOf(SLOT)).isEqualTo(source);

        move.finish();
        assertThat(cluster.primaryOf(SLOT)).isEqualTo(target);
        assertThat(target.call("MGET", TAG + "a", TAG + "b")).containsExactly("1", "2");
    }

    @Test
    void beginMove_toTheOwner_isRefused() {
        EmbeddedRedis owner = cluster.primaryOf(SLOT);
        assertThatThrownBy(() -> cluster.beginMove(SLOT, owner)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void close_withPassword_endsAllProcesses() throws IOException {
        List<EmbeddedRedis> nodes;
        try (EmbeddedCluster guarded = EmbeddedCluster.startWithPassword("secret")) {
            nodes = guarded.nodes();
            assertThat(guarded.uri()).startsWith("redis://:secret@127.0.0.1:");
            assertThat(nodes.get(0).uri())
                    .isEqualTo("redis://:secret@127.0.0.1:" + nodes.get(0).port());
            EmbeddedRedis owner = guarded.primaryOf(SLOT);
            owner.call("SET", TAG, "1");
            guarded.moveSlot(SLOT, guarded.primaryOf(EmbeddedCluster.SLOTS - 1));
            assertThat(guarded.primaryOf(SLOT).call("GET", TAG)).containsExactly("1");
            nodes.get(1).kill();
            nodes.get(2).pause();
        }
        assertThat(nodes)
                .hasSize(6)
                .allMatch(node -> ProcessHandle.of(node.pid())
                        .filter(ProcessHandle::isAlive)
                        .isEmpty());
    }

    @Test
    void startWithPassword_oddCharacters_isRefused() {
        assertThatThrownBy(() -> EmbeddedCluster.startWithPassword("a@b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("a@b");
    }

    private EmbeddedRedis otherThan(EmbeddedRedis node) {
        return cluster.primaries().stream()
                .filter(primary -> primary != node)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> set(EmbeddedRedis server, String key, String value) {
        try {
            return server.call("SET", key, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
