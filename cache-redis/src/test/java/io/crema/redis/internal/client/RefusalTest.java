package io.crema.redis.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {

    /** As versions 6.2, 7.0 and 7.2 say it, within scripts and without. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "COMMAND, NOPERM this user has no permissions to run the 'info' command or its subcommand",
                "COMMAND, NOPERM this user has no permissions to run the 'cluster|nodes' command",
                "COMMAND, NOPERM User channel has no permissions to run the 'get' command",
                "COMMAND, ERR The user executing the script can't run this command or subcommand",
                "KEY, NOPERM this user has no permissions to access one of the keys used as arguments",
                "KEY, NOPERM User x has no permissions to access the 'channel' key",
                "KEY, ERR The user executing the script can't access at least one of the keys mentioned in the command"
                        + " arguments",
                "CHANNEL, NOPERM this user has no permissions to access one of the channels used as arguments",
                "CHANNEL, NOPERM User x has no permissions to access the 'inv:{key:a:0:1}' channel",
                "CHANNEL, ERR The user executing the script can't publish to the channel mentioned in the command"
            })
    void of_errorsOfEachVersion_tellWhatIsRefused(Refusal expected, String error) {
        assertThat(Refusal.of(error)).contains(expected);
        assertThat(Refusal.of(new CompletionException(new IllegalStateException(error))))
                .contains(expected);
        assertThat(Refusal.advice(error)).contains("SECURITY.md");
    }

    @Test
    void of_otherErrors_areNone() {
        assertThat(Refusal.of("OOM command not allowed when used memory > 'maxmemory'."))
                .isEmpty();
        assertThat(Refusal.of((String) null)).isEmpty();
        assertThat(Refusal.of((Throwable) null)).isEmpty();
        assertThat(Refusal.advice("Connection refused")).isEmpty();
        assertThat(Refusal.advice("WRONGPASS invalid username-password pair")).contains("redis://user:password@host");
    }
}
