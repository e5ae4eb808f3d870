package io.crema.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RareLogTest {

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final HandMovedTicker ticker = new HandMovedTicker(0);
    private final RecordingLogger logger = new RecordingLogger();
    private final RareLog log = new RareLog(logger, new InstanceClock(ticker));

    @Test
    void warn_oneCauseManyTimes_isLoggedOnceAMinute() {
        log.warn("read failed", new IOException("first"));
        log.warn("read failed", new IOException("second"));
        ticker.jump(MINUTE - 1);
        log.warn("read failed", new IOException("third"));
        assertThat(logger.lines).hasSize(1);
        assertThat(logger.lines.get(0)).contains("read failed").contains("IOException: first");

        ticker.jump(1);
        log.warn("read failed", new IOException("fourth"));
        log.warn("read failed", new IOException("fifth"));

        assertThat(logger.lines).hasSize(2);
        assertThat(logger.lines.get(1)).contains("fourth");
    }

    @Test
    void warn_otherOperationOrOtherCause_isLoggedToo() {
        log.warn("read failed", new IOException("x"));
        log.warn("write failed", new IOException("x"));
        log.warn("read failed", new IllegalStateException("x"));

        assertThat(logger.lines).hasSize(3);
    }

    @Test
    void warn_endlesslyManyCauses_areNotToldApartAnyMore() {
        for (int i = 0; i < 1_000; i++) {
            log.warn("operation " + i, new IOException("x"));
        }

        assertThat(logger.lines).hasSize(65);
        ticker.jump(MINUTE);
        log.warn("operation 2000", new IOException("again"));
        assertThat(logger.lines).hasSize(66);
    }

    private static final class RecordingLogger implements System.Logger {

        private final List<String> lines = new ArrayList<>();

        @Override
        public String getName() {
            return "recording";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            lines.add(message);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            lines.add(format);
        }
    }
}
