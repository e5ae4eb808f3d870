package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.crema.spi.CacheTerms;
import io.crema.spi.Invalidation;
import io.crema.spi.Opening;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.testkit.BusFaults.Loss;
import io.crema.testkit.RecordingListener.Cleared;
import io.crema.testkit.RecordingListener.Connected;
import io.crema.testkit.RecordingListener.Event;
import io.crema.testkit.RecordingListener.Invalidated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FaultyBusTest {

    private static final RemoteKey KEY = new RemoteKey(0, new byte[] {1});
    private static final int WRITES = 200;

    private final InMemoryServer server = InMemoryServer.create(new ManualTime());
    private final List<Invalidation> observed = new ArrayList<>();

    @Test
    void none_messages_passUnchangedAndAreObserved() {
        List<Invalidation> told = write(BusFaults.none());

        assertThat(told)
                .hasSize(WRITES)
                .allSatisfy(each -> assertThat(each.keys()).hasSize(1));
        assertThat(observed).isEqualTo(told);
    }

    @Test
    void losing_visible_showsGaps() {
        List<Invalidation> told = write(BusFaults.none().losing(0.5, Loss.VISIBLE));

        assertThat(told).hasSizeBetween(1, WRITES - 1);
        assertThat(told.get(told.size() - 1).stamp() - told.get(0).stamp()).isGreaterThan(told.size() - 1);
        assertThat(observed).isEqualTo(told);
    }

    @Test
    void losing_hidden_keepsTheSequenceButNotTheKeys() {
        List<Invalidation> told = write(BusFaults.none().losing(0.5, Loss.HIDDEN));

        assertThat(told).hasSize(WRITES);
        for (int i = 1; i < WRITES; i++) {
            assertThat(told.get(i).stamp() - told.get(i).count())
                    .isEqualTo(told.get(i - 1).stamp());
        }
        List<Invalidation> whole =
                told.stream().filter(each -> !each.keys().isEmpty()).toList();
        assertThat(whole).hasSizeBetween(1, WRITES - 1);
        assertThat(observed).isEqualTo(whole);
    }

    @Test
    void losing_all_leavesNothing() {
        assertThat(write(BusFaults.none().losing(1, Loss.VISIBLE))).isEmpty();
        assertThat(observed).isEmpty();
    }

    @Test
    void losing_sameSeed_losesTheSame() {
        BusFaults faults = BusFaults.none().losing(0.5, Loss.HIDDEN).seededBy(42);

        List<Integer> first =
                write(faults).stream().map(each -> each.keys().size()).toList();

        assertThat(write(faults)).extracting(each -> each.keys().size()).isEqualTo(first);
        assertThat(write(faults.seededBy(43)))
                .extracting(each -> each.keys().size())
                .isNotEqualTo(first);
    }

    @Test
    void duplicating_all_deliversEachTwice() {
        List<Invalidation> told = write(BusFaults.none().duplicating(1));

        assertThat(told).hasSize(2 * WRITES);
        assertThat(told.get(1)).isSameAs(told.get(0));
        assertThat(observed).isEqualTo(told);
    }

    @Test
    void shares_outsideZeroToOne_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> BusFaults.none().losing(1.1, Loss.HIDDEN));
        assertThatIllegalArgumentException().isThrownBy(() -> BusFaults.none().duplicating(Double.NaN));
    }

    /** What a listener is told of many writes over a bus with these faults; ends with a clear, which passes always. */
    private List<Invalidation> write(BusFaults faults) {
        observed.clear();
        try (FaultyRemote remote =
                FaultyRemote.wrap(server.connect(), faults.observedBy((cache, message) -> observed.add(message)))) {
            RemoteCache cache = ((Opening.Agreed)
                            remote.open(new CacheTerms("cache", "format")).join())
                    .cache();
            RecordingListener listener = new RecordingListener(Duration.ofSeconds(10));
            remote.invalidations().start(listener);
            listener.next(Connected.class);
            listener.subscribe(cache);
            for (int i = 0; i < WRITES; i++) {
                cache.invalidate(0, List.of(KEY), 0, 0).join();
            }
            cache.clear(0, 0).join();
            List<Event> events = listener.upTo(Cleared.class::isInstance);
            return events.stream()
                    .filter(Invalidated.class::isInstance)
                    .map(each -> ((Invalidated) each).message())
                    .toList();
        }
    }
}
