package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@Tag("end-to-end")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedSentinelTest {

    private EmbeddedSentinel topology;

    @BeforeAll
    void startTopology() {
        topology = EmbeddedSentinel.start("--maxmemory", "12345678");
    }

    @AfterAll
    void closeTopology() {
        topology.close();
    }

    @BeforeEach
    void healTopology() throws IOException {
        topology.heal();
        topology.primary().call("FLUSHALL");
    }

    @Test
    void start_sentinels_nameThePrimaryThatReplicasCopy() throws IOException {
        assertThat(topology.uri()).matches("redis-sentinel://(127\\.0\\.0\\.1:\\d+,?){3}#mymaster");
        assertThat(topology.sentinels())
                .hasSize(3)
                .allMatch(sentinel -> topology.uri().contains("127.0.0.1:" + sentinel.port()));
        assertThat(topology.replicas()).hasSize(2).doesNotContain(topology.primary());

        topology.primary().call("SET", "a", "1");
        assertThat(topology.primary().call("WAIT", "2", "10000")).containsExactly("2");
        for (EmbeddedRedis replica : topology.replicas()) {
            assertThat(replica.call("GET", "a")).containsExactly("1");
        }
    }

    @Test
    void start_settings_arePassedToEachServer() throws IOException {
        assertThat(topology.primary().call("CONFIG", "GET", "maxmemory")).contains("12345678");
        assertThat(topology.replicas().get(1).call("CONFIG", "GET", "maxmemory"))
                .contains("12345678");
    }

    @Test
    void failover_killedPrimary_replicaTakesOverWithTheData() throws IOException {
        EmbeddedRedis old = topology.primary();
        old.call("SET", "a", "1");
        assertThat(old.call("WAIT", "2", "10000")).containsExactly("2");

        EmbeddedRedis successor = topology.failover();

        assertThat(old.isRunning()).isFalse();
        assertThat(successor).isNotEqualTo(old).isEqualTo(topology.primary());
        assertThat(successor.call("GET", "a")).containsExactly("1");
        assertThat(successor.call("SET", "b", "2")).containsExactly("OK");

        topology.heal();
        assertThat(topology.primary()).isEqualTo(successor);
        assertThat(old.call("GET", "b")).containsExactly("2");
    }

    @Test
    void switchover_runningPrimary_becomesAReplica() throws IOException {
        EmbeddedRedis old = topology.primary();
        old.call("SET", "a", "1");
        assertThat(old.call("WAIT", "2", "10000")).containsExactly("2");

        EmbeddedRedis successor = topology.switchover();

        assertThat(successor.call("GET", "a")).containsExactly("1");
        assertThat(old.isRunning()).isTrue();
        topology.heal();
        assertThat(topology.replicas()).contains(old);
    }

    @Test
    void failoverLosingWrites_writesDuringTheCut_areNowhere() throws IOException {
        EmbeddedRedis old = topology.primary();
        old.call("SET", "before", "1");

        EmbeddedRedis successor = topology.failoverLosingWrites(() -> {
            assertThat(set(old, "during", "2")).containsExactly("OK");
            assertThat(set(old, "before", "2")).containsExactly("OK");
        });

        assertThat(successor).isNotEqualTo(old);
        topology.heal();
        for (EmbeddedRedis server : List.of(successor, old, topology.replicas().get(0))) {
            assertThat(server.call("GET", "before")).containsExactly("1");
            assertThat(server.call("EXISTS", "during")).containsExactly("0");
        }
    }

    @Test
    void failoverLosingWrites_writesThrow_nothingIsLost() throws IOException {
        EmbeddedRedis primary = topology.primary();
        IllegalStateException failure = new IllegalStateException("expected");

        assertThatThrownBy(() -> topology.failoverLosingWrites(() -> {
                    set(primary, "a", "1");
                    throw failure;
                }))
                .isSameAs(failure);

        topology.heal();
        assertThat(topology.primary()).isEqualTo(primary);
        assertThat(topology.replicas().get(0).call("GET", "a")).containsExactly("1");
    }

    @Test
    void awaitSuccessorOf_pausedPrimary_comesBackAndIsDemoted() throws IOException {
        EmbeddedRedis old = topology.primary();
        old.pause();

        EmbeddedRedis successor = topology.awaitSuccessorOf(old);
        successor.call("SET", "a", "1");
        old.resume();

        Awaitility.await().ignoreExceptions().until(() -> old.call("GET", "a").equals(List.of("1")));
    }

    @Test
    void restart_primaryThatWasAReplica_staysPrimaryAndIsEmpty() throws IOException {
        topology.primary().call("SET", "a", "1");
        topology.replicas().forEach(EmbeddedRedis::restart);
        topology.heal();
        EmbeddedRedis primary = topology.switchover();
        assertThat(primary.call("GET", "a")).containsExactly("1");
        topology.heal();

        primary.restart();

        assertThat(primary.call("EXISTS", "a")).containsExactly("0");
        topology.heal();
        assertThat(topology.primary()).isEqualTo(primary);
    }

    @Test
    void close_withPassword_endsAllProcesses() throws IOException {
        List<EmbeddedRedis> processes;
        try (EmbeddedSentinel guarded = EmbeddedSentinel.startWithPassword("secret")) {
            assertThat(guarded.uri()).startsWith("redis-sentinel://:secret@127.0.0.1:");
            EmbeddedRedis primary = guarded.primary();
            primary.call("SET", "a", "1");
            EmbeddedRedis successor = guarded.failoverLosingWrites(() -> set(primary, "a", "2"));
            assertThat(successor.call("GET", "a")).containsExactly("1");
            successor.pause();
            processes = Stream.of(List.of(primary, successor), guarded.replicas(), guarded.sentinels())
                    .flatMap(List::stream)
                    .distinct()
                    .toList();
        }
        assertThat(processes)
                .hasSize(6)
                .allMatch(server -> ProcessHandle.of(server.pid())
                        .filter(ProcessHandle::isAlive)
                        .isEmpty());
    }

    @Test
    void start_badSetting_leavesNoProcess() {
        long before = ownServers();
        assertThatThrownBy(() -> EmbeddedSentinel.start("--no-such-setting", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-setting");
        assertThat(ownServers()).isEqualTo(before);
    }

    private static long ownServers() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }

    private static List<String> set(EmbeddedRedis server, String key, String value) {
        try {
            return server.call("SET", key, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
