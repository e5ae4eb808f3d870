package io.crema.redis.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerInfoTest {

    @ParameterizedTest
    @CsvSource({"6.2.0, false", "6.2.14, false", "7.0.15, true", "8.0-m01, true", "10.0.0, true"})
    void requirePrimary_newEnough_passes(String version, boolean sharded) {
        ServerInfo info = info(version, "master", 0);
        assertThatCode(() -> info.requirePrimary("Redis at x")).doesNotThrowAnyException();
        assertThat(info.hasShardChannels()).isEqualTo(sharded);
    }

    @ParameterizedTest
    @CsvSource({"6.0.20", "5.0.14", "4.0.0", "strange"})
    void requirePrimary_tooOld_saysWhatIsNeeded(String version) {
        assertThatThrownBy(() -> info(version, "master", 0).requirePrimary("Redis at x"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Redis at x has version " + version)
                .hasMessageContaining("6.2");
    }

    @Test
    void requirePrimary_replica_isRefused() {
        assertThatThrownBy(() -> info("7.0.15", "slave", 0).requirePrimary("Redis at x"))
                .hasMessageContaining("Redis at x is a replica");
    }

    @Test
    void requireCluster_asConfigured_orSaysWhatToCall() {
        assertThatCode(() -> info("7.0.15", "master", 1).requireCluster("x")).doesNotThrowAnyException();
        assertThatCode(() -> info("7.0.15", "master", 0).requireNoCluster("x")).doesNotThrowAnyException();
        assertThatThrownBy(() -> info("7.0.15", "master", 1).requireNoCluster("x"))
                .hasMessageContaining("RedisRemote.cluster");
        assertThatThrownBy(() -> info("7.0.15", "master", 0).requireCluster("x"))
                .hasMessageContaining("RedisRemote.connect");
    }

    @Test
    void evictionWarning_anyKey_isSaid() {
        assertThat(new ServerInfo(Commands.ascii("maxmemory_policy:allkeys-lru\r\n")).evictionWarning())
                .hasValueSatisfying(
                        warning -> assertThat(warning).contains("allkeys-lru").contains("volatile-"));
        assertThat(new ServerInfo(Commands.ascii("maxmemory_policy:volatile-lru\r\n")).evictionWarning())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "connected_slaves:0, false",
        "connected_slaves:1, true",
        "connected_slaves:1;min_slaves_good_slaves:1, false",
        "role:master, false"
    })
    void failoverWarning_replicasWithoutWhichItWrites_isSaid(String lines, boolean expected) {
        ServerInfo info = new ServerInfo(Commands.ascii(lines.replace(";", "\r\n")));
        assertThat(info.failoverWarning().isPresent()).isEqualTo(expected);
        info.failoverWarning().ifPresent(warning -> assertThat(warning).contains("min-replicas-to-write 1"));
    }

    @Test
    void losses_ofWhatTheOriginDoesNotHave_areSaid() {
        ServerInfo careless = new ServerInfo(Commands.ascii("maxmemory_policy:allkeys-lfu\r\naof_enabled:0\r\n"));
        assertThat(careless.lossByEviction())
                .hasValueSatisfying(
                        fault -> assertThat(fault).contains("allkeys-lfu").contains("through()"));
        assertThat(careless.lossByRestart())
                .hasValueSatisfying(warning -> assertThat(warning).contains("appendonly yes"));
        ServerInfo careful = new ServerInfo(Commands.ascii("maxmemory_policy:noeviction\r\naof_enabled:1\r\n"));
        assertThat(careful.lossByEviction()).isEmpty();
        assertThat(careful.lossByRestart()).isEmpty();
    }

    @Test
    void name_fork_isItsOwn() {
        assertThat(info("7.0.15", "master", 0).name()).isEqualTo("Redis 7.0.15");
        assertThat(new ServerInfo(Commands.ascii("redis_version:7.2.4\r\nvalkey_version:8.1.0\r\n")).name())
                .isEqualTo("Valkey 8.1.0");
    }

    @Test
    void runId_missing_isNamed() {
        assertThatThrownBy(() -> new ServerInfo(null).runId()).hasMessageContaining("run_id");
    }

    private static ServerInfo info(String version, String role, int cluster) {
        return new ServerInfo(Commands.ascii("# Server\r\nredis_version:" + version + "\r\nrun_id:ab\r\nrole:" + role
                + "\r\ncluster_enabled:" + cluster + "\r\n"));
    }
}
