package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.InvalidationPendingException;
import io.crema.event.CacheEvent;
import io.crema.event.CacheEvent.Cleared;
import io.crema.event.CacheEvent.Invalidated;
import io.crema.event.CacheEvent.LeaseChanged;
import io.crema.event.CacheEvent.TagInvalidated;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What those who listen to one instance are told of messages, and of what the bound stands on. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class EventsAcrossInstancesTest {

    /** The default bound of 2 s less the margin of 250 ms. */
    private static final Duration WINDOW = Duration.ofMillis(1_750);

    private static final Duration TICKS = Duration.ofMillis(10);
    private static final Predicate<CacheEvent> LEASE = LeaseChanged.class::isInstance;
    private static final Predicate<CacheEvent> OTHERS = LEASE.negate();

    private final Fleet fleet = new Fleet();
    private final Heard heard = new Heard();
    private final Caller<String> a;
    private final Caller<String> b;

    EventsAcrossInstancesTest(Style style) {
        a = style.caller(fleet.node(builder -> builder.listener(heard)));
        b = style.caller(fleet.node());
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void awaitTold(CacheEvent event) {
        Waiting.until(() -> heard.events().contains(event), () -> fleet.pass(TICKS));
    }

    private static CacheEvent written(String key, boolean byMessage) {
        return new Invalidated("texts", key, byMessage);
    }

    @Test
    void writesOfAnother_areToldByMessageInTheirOrder() {
        b.put("k", "v").await();
        b.invalidate("k").await();
        b.cache().expire("other");
        b.cache().invalidateTag("t");
        b.put("last", "v").await();

        awaitTold(written("last", true));
        assertThat(heard.only(OTHERS))
                .containsExactly(
                        written("k", true),
                        written("k", true),
                        written("other", true),
                        new TagInvalidated("texts", "t", true),
                        written("last", true));
    }

    @Test
    void ownWrite_isToldAsACallAndAsAMessage() {
        a.put("k", "v").await();
        a.cache().invalidateTag("t");
        a.invalidate("last").await();

        awaitTold(written("last", false));
        awaitTold(written("last", true));
        assertThat(heard.only(OTHERS))
                .containsExactlyInAnyOrder(
                        written("k", false),
                        written("k", true),
                        new TagInvalidated("texts", "t", false),
                        new TagInvalidated("texts", "t", true),
                        written("last", false),
                        written("last", true));
    }

    @Test
    void clearOfAnother_isOneEventHoweverManyPartitionsThereAre() {
        b.clear().await();
        awaitTold(new Cleared("texts", true));

        b.put("last", "v").await();
        awaitTold(written("last", true));
        assertThat(heard.only(OTHERS)).containsExactly(new Cleared("texts", true), written("last", true));
    }

    @Test
    void ownClear_isOneEventAsACallAndOneAsAMessage() {
        a.clear().await();

        awaitTold(new Cleared("texts", false));
        awaitTold(new Cleared("texts", true));
        assertThat(heard.only(OTHERS))
                .containsExactlyInAnyOrder(new Cleared("texts", false), new Cleared("texts", true));
    }

    @Test
    void callThatIsNotConfirmed_isToldOnceItIs() {
        a.remote().fail(Operation.INVALIDATE, Operation.CLEAR);
        assertThat(a.invalidate("k").failure()).isInstanceOf(InvalidationPendingException.class);
        assertThat(a.clear().failure()).isInstanceOf(InvalidationPendingException.class);
        fleet.pass(TICKS);
        b.put("told before", "v").await();
        awaitTold(written("told before", true));
        assertThat(heard.only(OTHERS)).containsExactly(written("told before", true));

        a.remote().recover();
        fleet.pass(Duration.ofMillis(500));

        awaitTold(written("k", false));
        awaitTold(new Cleared("texts", false));
    }

    @Test
    void reads_areNotToldAsWrites() {
        b.put("k", "v").await();
        awaitTold(written("k", true));
        heard.forget();

        assertThat(a.read("k")).isEqualTo("v");
        assertThat(a.load("none", "loaded")).isEqualTo("loaded");

        b.put("last", "v").await();
        awaitTold(written("last", true));
        assertThat(heard.only(event -> event instanceof Invalidated)).containsExactly(written("last", true));
    }

    @Test
    void lease_comesGoesAndComesBack() {
        awaitTold(new LeaseChanged("texts", true));
        fleet.pass(Duration.ofMinutes(1));
        assertThat(heard.only(LEASE)).containsExactly(new LeaseChanged("texts", true));

        heard.forget();
        a.remote().disconnect();
        fleet.pass(WINDOW.minus(Duration.ofMillis(600)));
        fleet.pass(TICKS);
        assertThat(heard.only(LEASE)).as("the last heartbeat is still good").isEmpty();
        fleet.pass(Duration.ofMillis(700));
        awaitTold(new LeaseChanged("texts", false));

        a.remote().reconnect();
        fleet.pass(Duration.ofSeconds(2));
        awaitTold(new LeaseChanged("texts", true));
        assertThat(heard.only(LEASE))
                .containsExactly(new LeaseChanged("texts", false), new LeaseChanged("texts", true));
    }
}
