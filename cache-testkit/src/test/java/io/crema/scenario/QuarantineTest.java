package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheException;
import io.crema.InvalidationPendingException;
import io.crema.Quarantine;
import io.crema.Tier;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.spi.Codec;
import io.crema.testkit.Operation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys that are kept empty while their origin is changed. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
class QuarantineTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final AtomicReference<String> origin = new AtomicReference<>("v1");
    private final Instance instance;
    private final Calls cache;

    QuarantineTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
        this.instance = fixture.instance();
        this.cache = fixture.open(instance, builder -> builder, key -> origin.get());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void assertKept(String value) {
        assertThat(cache.getIfPresent("k")).isEqualTo(value);
    }

    @Test
    void quarantine_valueThere_isGoneAndLoadsAreNotKept() {
        assertThat(cache.get("k")).isEqualTo("v1");

        Quarantine<String> quarantine = cache.quarantine("k");

        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("v1");
        assertThat(cache.getAll(List.of("k"))).containsEntry("k", "v1");
        assertThat(cache.refresh("k")).isEqualTo("v1");
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(quarantine).hasToString("Quarantine[texts]");
    }

    @Test
    void r60_readerBetweenBeginAndCommit_doesNotBringTheOldValueBack() {
        Quarantine<String> quarantine = cache.quarantine("k");
        assertThat(cache.get("k")).isEqualTo("v1");
        origin.set("v2");
        assertThat(cache.get("k")).as("committed, and not said yet").isEqualTo("v2");

        cache.end(quarantine);

        assertThat(cache.get("k")).isEqualTo("v2");
        assertKept("v2");
    }

    @Test
    void r60_loadThatBeganBeforeTheQuarantine_isNotKept() {
        HeldLoader loader = new HeldLoader();
        CacheFixture.Caller<String> reader = fixture.start(() -> cache.get("k", loader));
        loader.awaitCalled();
        Quarantine<String> quarantine = cache.quarantine("k");
        origin.set("v2");

        loader.answer("v1");

        assertThat(reader.await()).isEqualTo("v1");
        assertThat(cache.get("k")).isEqualTo("v2");
        cache.end(quarantine);
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void r60_readerDuringTheQuarantine_doesNotJoinALoadFromBeforeTheCommit() {
        cache.quarantine("k");
        HeldLoader loader = new HeldLoader();
        CacheFixture.Caller<String> early = fixture.start(() -> cache.get("k", loader));
        loader.awaitCalled();

        origin.set("v2");

        assertThat(cache.get("k")).isEqualTo("v2");
        loader.answer("v1");
        assertThat(early.await()).isEqualTo("v1");
    }

    @Test
    void r61_writerDies_theQuarantineEndsByItself() {
        cache.quarantine("k");
        origin.set("v2");

        fixture.pass(Duration.ofSeconds(29));
        assertThat(cache.get("k")).isEqualTo("v2");
        assertThat(cache.getIfPresent("k")).isNull();

        fixture.pass(Duration.ofSeconds(2));
        assertThat(cache.get("k")).isEqualTo("v2");
        assertKept("v2");
    }

    @Test
    void put_nobodyElse_isStored() {
        Quarantine<String> quarantine = cache.quarantine("k");

        assertThat(cache.putAtEnd(quarantine, "v2")).isTrue();

        assertKept("v2");
        assertThat(cache.putAtEnd(quarantine, "v3")).as("ended").isFalse();
        cache.end(quarantine);
        assertKept("v2");
        assertThat(quarantine).hasToString("Quarantine[texts, ended]");
    }

    @Test
    void put_afterSomebodysInvalidation_isNotStored() {
        Quarantine<String> quarantine = cache.quarantine("k");
        cache.invalidate("k");

        assertThat(cache.putAtEnd(quarantine, "v2")).isFalse();

        assertThat(cache.getIfPresent("k")).isNull();
        origin.set("v3");
        assertThat(cache.get("k")).isEqualTo("v3");
        assertKept("v3");
    }

    @Test
    void put_afterSomebodysClear_isNotStored() {
        Quarantine<String> quarantine = cache.quarantine("k");
        cache.clear();

        assertThat(cache.putAtEnd(quarantine, "v2")).isFalse();

        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void put_afterSomebodysPut_isNotStored() {
        Quarantine<String> quarantine = cache.quarantine("k");
        cache.put("k", "theirs");
        assertThat(cache.getIfPresent("k")).as("in quarantine").isNull();

        assertThat(cache.putAtEnd(quarantine, "v2")).isFalse();
        assertThat(cache.getIfPresent("k")).isNull();
    }

    /** Its own message and that of the quarantine are on their way. */
    @Test
    void put_refusedByAQuarantineNotHeardOf_dropsTheOwnCopy() {
        if (!setting.tiers().hasRemote()) {
            return;
        }
        Calls other = fixture.open(fixture.instance(), builder -> builder, key -> origin.get());
        assertThat(cache.get("k")).isEqualTo("v1");
        instance.remote().holdDelivery();
        other.quarantine("k");
        origin.set("v2");

        cache.put("k", "v2");

        assertThat(cache.get("k")).isEqualTo("v2");
    }

    @Test
    void twoHolders_neitherStores_andTheLastEnds() {
        Quarantine<String> first = cache.quarantine("k");
        Quarantine<String> second = cache.quarantine("k");

        assertThat(cache.putAtEnd(first, "v2")).isFalse();
        origin.set("v3");
        assertThat(cache.get("k")).isEqualTo("v3");
        assertThat(cache.getIfPresent("k")).as("still in quarantine").isNull();
        cache.end(second);

        assertThat(cache.get("k")).isEqualTo("v3");
        assertKept("v3");
    }

    @Test
    void put_afterItsTime_isNotStored() {
        Quarantine<String> quarantine = cache.quarantine("k");
        fixture.pass(Duration.ofSeconds(31));

        assertThat(cache.putAtEnd(quarantine, "v2")).isFalse();

        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void end_afterItsTime_invalidatesAllTheSame() {
        Quarantine<String> quarantine = cache.quarantine("k");
        fixture.pass(Duration.ofSeconds(31));
        assertThat(cache.get("k")).isEqualTo("v1");
        origin.set("v2");

        cache.end(quarantine);

        assertThat(cache.get("k")).isEqualTo("v2");
    }

    @Test
    void putIfAbsent_inQuarantine_cannotBeDecidedAndDisturbsNobody() {
        Quarantine<String> quarantine = cache.quarantine("k");

        assertThatThrownBy(() -> cache.putIfAbsent("k", "v2")).isInstanceOf(CacheException.class);
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.putAtEnd(quarantine, "v3")).isTrue();
    }

    @Test
    void put_nullThatIsNotCached_leavesTheQuarantineToBeEnded() {
        Quarantine<String> quarantine = cache.quarantine("k");

        assertThatThrownBy(() -> cache.putAtEnd(quarantine, null)).isInstanceOf(CacheException.class);

        assertThat(cache.putAtEnd(quarantine, "v2")).isTrue();
    }

    /** A value that is being encoded stands for the time between the check that it was not ended and the sending. */
    @Test
    void put_whileOneIsBeingSent_doesNothing() {
        if (!setting.tiers().hasRemote()) {
            return;
        }
        AtomicReference<Quarantine<String>> held = new AtomicReference<>();
        AtomicReference<Boolean> second = new AtomicReference<>();
        EncodingHook codec = new EncodingHook(() -> second.set(held.get().put("v3")));
        Calls other = fixture.open(fixture.instance(), builder -> builder.codec(codec), key -> origin.get());
        held.set(other.quarantine("k"));

        assertThat(other.putAtEnd(held.get(), "v2")).isTrue();

        assertThat(second).hasValue(false);
        assertKept("v2");
    }

    /** Text, before whose first writing something happens. */
    private static final class EncodingHook implements Codec<String> {

        private final TextCodec codec = new TextCodec();
        private final AtomicReference<Runnable> first;

        EncodingHook(Runnable first) {
            this.first = new AtomicReference<>(first);
        }

        @Override
        public byte id() {
            return codec.id();
        }

        @Override
        public byte[] encode(String value, int maxBytes) {
            Runnable hook = first.getAndSet(null);
            if (hook != null) {
                hook.run();
            }
            return codec.encode(value, maxBytes);
        }

        @Override
        public String decode(ByteBuffer bytes) {
            return codec.decode(bytes);
        }
    }

    @Test
    void otherKeys_areNotInQuarantine() {
        cache.quarantine("k");
        cache.putAll(Map.of("l", "w"));

        assertThat(cache.getIfPresent("l")).isEqualTo("w");
    }

    @Test
    void quarantine_badTime_isRefused() {
        assertThatThrownBy(() -> cache.cache().quarantine("k", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'texts'");
        assertThatThrownBy(() -> cache.cache().quarantine("k", Duration.ofHours(2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.cache().quarantine(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void remoteAway_beginFails_endIsPending() {
        if (!setting.tiers().hasRemote()) {
            return;
        }
        Quarantine<String> quarantine = cache.quarantine("k");
        instance.remote().goOffline();

        assertThatThrownBy(() -> cache.quarantine("l"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("quarantine");
        assertThatThrownBy(() -> cache.end(quarantine)).isInstanceOf(InvalidationPendingException.class);

        instance.remote().comeBack();
        fixture.pass(Duration.ofSeconds(31));
        assertThat(cache.stats().invalidationsPending()).isZero();
        assertThat(cache.get("k")).isEqualTo("v1");
        assertKept("v1");
    }

    @Test
    void otherInstances_seeTheQuarantine() {
        if (!setting.tiers().hasRemote()) {
            return;
        }
        Calls other = fixture.open(fixture.instance(), builder -> builder, key -> origin.get());
        assertThat(other.get("k")).isEqualTo("v1");
        Quarantine<String> quarantine = cache.quarantine("k");
        assertThat(other.get("k")).isEqualTo("v1");
        origin.set("v2");
        assertThat(other.get("k")).isEqualTo("v2");
        assertThat(other.getIfPresent("k")).isNull();
        assertThat(instance.remote().executed(Operation.FILL)).isZero();

        assertThat(cache.putAtEnd(quarantine, "v2")).isTrue();

        assertThat(other.getIfPresent("k")).isEqualTo("v2");
        assertThat(other.entry("k"))
                .matches(entry -> entry.tier() == (setting.tiers() == Tiers.BOTH ? Tier.NEAR : Tier.REMOTE));
    }
}
