package io.crema.redis.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.redis.internal.client.Redirect.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {

    @Test
    void of_redirections_areRead() {
        assertThat(of("MOVED 3999 127.0.0.1:6381")).isEqualTo(new Redirect(Kind.MOVED, 3999, "127.0.0.1", 6381));
        assertThat(of("ASK 5 ::1:6381")).isEqualTo(new Redirect(Kind.ASK, 5, "::1", 6381));
        assertThat(of("MOVED 0 :6381")).isEqualTo(new Redirect(Kind.MOVED, 0, "", 6381));
        assertThat(of("TRYAGAIN Multiple keys request during rehashing of slot"))
                .extracting(Redirect::kind)
                .isEqualTo(Kind.TRY_AGAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CLUSTERDOWN Hash slot not served",
                "ERR MOVED 1 a:2",
                "MOVED",
                "ASKED 1 a:2",
                "READONLY You can't"
            })
    void of_otherErrors_areNone(String error) {
        assertThat(of(error)).isNull();
    }

    @Test
    void of_failuresOfTheConnection_areNone() {
        assertThat(Redirect.of(new RedisException("MOVED 1 a:2"))).isNull();
        assertThat(Redirect.of(null)).isNull();
    }

    private static Redirect of(String error) {
        return Redirect.of(new RedisCommandExecutionException(error));
    }
}
