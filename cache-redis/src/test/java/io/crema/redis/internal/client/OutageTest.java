package io.crema.redis.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.redis.RedisRemote;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutageTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOADING Redis is loading the dataset in memory",
                "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
                "READONLY You can't write against a read only replica.",
                "CLUSTERDOWN Hash slot not served",
                "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
            })
    void errorsOfAServerThatServesNobody_areOutages(String error) {
        assertThat(Outage.is(new RedisCommandExecutionException(error))).isTrue();
        assertThat(Outage.is(new CompletionException(new RedisCommandExecutionException(error))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPAQUE",
                "QUARANTINE",
                "HISTORY",
                "OOM command not allowed when used memory > 'maxmemory'.",
                "NOPERM User x has no permissions to run the 'get' command",
                "NOREPLICAS Not enough good replicas to write.",
                "TRYAGAIN Multiple keys request during rehashing of slot",
                "WRONGTYPE Operation against a key holding the wrong kind of value",
                "ERR BUSY is not how this one begins"
            })
    void errorsAboutOneCommand_areNone(String error) {
        assertThat(Outage.is(new RedisCommandExecutionException(error))).isFalse();
        assertThat(Outage.is(new CompletionException(new RedisCommandExecutionException(error))))
                .isFalse();
    }

    @Test
    void whatIsNoAnswer_isOne() {
        assertThat(Outage.is(new RedisException("The connection to redis was lost")))
                .isTrue();
        assertThat(Outage.is(new TimeoutException())).isTrue();
        assertThat(Outage.is(new RedisException(new IOException("connection reset"))))
                .isTrue();
        assertThat(Outage.is(new RedisCommandExecutionException((String) null))).isFalse();
    }

    /** As when the terms of a cache were changed, or a repair goes to a server of another history. */
    @Test
    void remote_callsNoRefusalAnOutage() {
        try (RedisRemote remote = RedisRemote.connect("redis://localhost:1")) {
            assertThat(remote.isOutage(new IllegalStateException("other terms")))
                    .isFalse();
            assertThat(remote.isOutage(new IllegalStateException(
                            "Cache c: it is tried again", new RedisCommandExecutionException("HISTORY"))))
                    .isFalse();
            assertThat(remote.isOutage(new RedisException("The connection to redis was lost")))
                    .isTrue();
        }
    }
}
