package io.crema.postgres;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Awaitility looks after a few milliseconds and every few, in all tests of this module, where it would otherwise let 100 ms
 * pass before its first look and after each. Found by JUnit: see {@code junit-platform.properties}.
 */
public final class PromptPolls implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultPollDelay(Duration.ofMillis(10));
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
    }
}
