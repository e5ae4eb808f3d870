package io.crema.internal.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.sync.ReplayWindow.Entry;
import io.crema.spi.RemoteKey;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {

    private static final long KEPT = ReplayWindow.KEPT_NANOS;

    private final AtomicInteger total = new AtomicInteger();
    private final ReplayWindow window = new ReplayWindow(total);

    private static RemoteKey key(int number) {
        return new RemoteKey(0, new byte[] {(byte) (number >> 16), (byte) (number >> 8), (byte) number});
    }

    @Test
    void note_keys_areKeptForTheWindowBeforeTheLastConfirmation() {
        window.note(key(1), 0, 1_000);
        window.note(key(2), 0, 2_000);

        window.confirmed(KEPT + 1_000);
        assertThat(window.contents().entries()).extracting(Entry::key).containsExactly(key(1), key(2));
        window.confirmed(KEPT + 1_001);
        assertThat(window.contents().entries()).extracting(Entry::key).containsExactly(key(2));
        window.confirmed(KEPT + 2_001);

        assertThat(window.contents().entries()).isEmpty();
        assertThat(total).hasValue(0);
    }

    @Test
    void note_sameKeyAgain_isKeptOnceAndForAsLongAsTheLater() {
        window.note(key(1), 0, 1_000);
        window.note(key(2), 0, 2_000);
        window.note(key(1), 0, 3_000);
        assertThat(total).hasValue(2);

        window.confirmed(KEPT + 2_500);

        assertThat(window.contents().entries()).extracting(Entry::key).containsExactly(key(1));
    }

    @Test
    void note_originVersions_theHighestUnsignedCounts() {
        window.note(key(1), 5, 1_000);
        window.note(key(1), 0, 2_000);
        window.note(key(2), 7, 1_000);
        window.note(key(2), -1, 2_000);
        window.note(key(2), 8, 3_000);

        assertThat(window.contents().entries()).containsExactly(new Entry(key(1), 5), new Entry(key(2), -1));
    }

    @Test
    void noteClear_isRememberedForTheWindow() {
        assertThat(window.contents().cleared()).isFalse();
        window.noteClear(1_000);

        window.confirmed(KEPT + 1_000);
        assertThat(window.contents().cleared()).isTrue();
        window.confirmed(KEPT + 1_001);
        assertThat(window.contents().cleared()).isFalse();
    }

    @Test
    void note_moreThanTheMost_isIncompleteUntilThatIsOutOfTheWindow() {
        for (int i = 0; i < ReplayWindow.MOST_KEYS; i++) {
            window.note(key(i), 0, 1_000);
        }
        assertThat(window.isComplete()).isTrue();

        window.note(key(ReplayWindow.MOST_KEYS), 0, 2_000);

        assertThat(window.isComplete()).isFalse();
        assertThat(window.contents().complete()).isFalse();
        assertThat(total).hasValue(0);
        window.note(key(1), 0, 3_000);
        window.confirmed(KEPT + 2_000);
        assertThat(window.isComplete()).isFalse();
        window.confirmed(KEPT + 2_001);
        assertThat(window.isComplete()).isTrue();
        assertThat(window.contents().entries()).extracting(Entry::key).containsExactly(key(1));
    }

    @Test
    void note_moreThanTheMostOfTwoPartitions_onlyTheLastOneForgets() {
        ReplayWindow other = new ReplayWindow(total);
        window.note(key(1), 0, 1_000);
        for (int i = 1; i < ReplayWindow.MOST_KEYS; i++) {
            other.note(key(i), 0, 1_000);
        }

        other.note(key(0), 0, 2_000);

        assertThat(other.isComplete()).isFalse();
        assertThat(window.isComplete()).isTrue();
        assertThat(total).hasValue(1);
    }
}
