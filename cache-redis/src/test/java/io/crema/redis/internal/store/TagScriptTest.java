package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.RemoteKey;
import io.crema.spi.Repair;
import io.crema.spi.TagReply;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of tags. */
class TagScriptTest extends ScriptTest {

    private static final long KEEP = 30_000;

    private int partition;

    @BeforeEach
    void tagPartition() {
        partition = cache.tagPartition();
    }

    @Test
    void tagVersions_unknownTags_getTheClockAndRandomTokensInTheseBytes() {
        long clock = number(layout.clock(partition));

        TagReply reply = versions("a", "\u00e4 {odd}\n", "a");

        assertThat(reply.clock()).isEqualTo(clock).isEqualTo(number(layout.clock(partition)));
        TagVersion a = reply.versions().get(0);
        TagVersion odd = reply.versions().get(1);
        assertThat(List.of(a.tag(), odd.tag())).containsExactly("a", "\u00e4 {odd}\n");
        assertThat(List.of(a.stamp(), odd.stamp())).containsOnly(clock);
        assertThat(a.token()).isNotEqualTo(odd.token());
        assertThat(reply.versions().get(2)).isEqualTo(a);
        ByteBuffer expected =
                ByteBuffer.allocate(17).put((byte) 0xe1).putLong(clock).putLong(a.token());
        assertThat(plain.get(tag("a"))).isEqualTo(expected.array());
        assertThat(plain.pttl(tag("a"))).isBetween(KEEP - 10_000, KEEP);
        assertThat(tag("a")).asString().isEqualTo("{crema:products:t:0}k:a");
        assertThat(versions("a", "\u00e4 {odd}\n", "a")).isEqualTo(reply);
    }

    @Test
    void tagVersions_none_saysTheClock() {
        assertThat(versions()).isEqualTo(new TagReply(number(layout.clock(partition)), List.of()));
    }

    @Test
    void tagVersions_longerKeep_isExtendedAndNeverShortened() {
        versions("a");
        get(cache.tagVersions(List.of("a"), 100_000, 0));
        assertThat(plain.pttl(tag("a"))).isBetween(90_000L, 100_000L);
        versions("a");
        assertThat(plain.pttl(tag("a"))).isBetween(90_000L, 100_000L);
    }

    @Test
    void tagVersions_belowTheFloor_getNewOnes() {
        TagVersion before = versions("a").versions().get(0);
        long floor = get(cache.repair(partition, history(), Repair.CLEAR, 0));
        TagVersion after = versions("a").versions().get(0);
        assertThat(after.stamp()).isEqualTo(floor);
        assertThat(after.token()).isNotEqualTo(before.token());
    }

    @Test
    void tagVersions_noClock_setsIt() {
        plain.del(layout.clock(partition));
        long ahead = serverMicros() + 3_600_000_000L;
        TagReply reply = get(cache.tagVersions(List.of("a"), KEEP, ahead));
        assertThat(reply.clock()).isEqualTo(ahead);
        assertThat(reply.versions().get(0).stamp()).isEqualTo(ahead);
    }

    @Test
    void tagVersions_unknownRecord_failsUntilTheTagIsInvalidated() {
        plain.set(tag("a"), bytes("foreign"));
        assertThatThrownBy(() -> versions("b", "a"))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("products")
                .hasMessageContaining("another version");
        assertThat(plain.get(tag("a"))).asString().isEqualTo("foreign");
        long stamp = get(cache.invalidateTag("a", 7, 0));
        assertThat(versions("a").versions()).containsExactly(new TagVersion("a", stamp, 7));
    }

    @Test
    void invalidateTag_known_hasAnotherVersionAndItsTimeToLive() {
        get(cache.tagVersions(List.of("a", "b"), 1_000_000, 0));
        TagVersion other = versions("b").versions().get(0);
        long clock = number(layout.clock(partition));

        long stamp = get(cache.invalidateTag("a", 0x8877665544332211L, 0));

        assertThat(stamp).isEqualTo(clock + 1);
        assertThat(plain.get(tag("a")))
                .isEqualTo(ByteBuffer.allocate(17)
                        .put((byte) 0xe1)
                        .putLong(stamp)
                        .putLong(0x8877665544332211L)
                        .array());
        assertThat(plain.pttl(tag("a"))).isBetween(900_000L, 1_000_000L);
        assertThat(versions("a", "b"))
                .isEqualTo(new TagReply(stamp, List.of(new TagVersion("a", stamp, 0x8877665544332211L), other)));
    }

    @Test
    void invalidateTag_unknown_isRememberedForAMinute() {
        long stamp = get(cache.invalidateTag("a", 5, 0));
        assertThat(plain.pttl(tag("a"))).isBetween(50_000L, 60_000L);
        assertThat(versions("a").versions()).containsExactly(new TagVersion("a", stamp, 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256})
    void tag_emptyOrTooLong_isRefused(int length) {
        String tag = "x".repeat(length);
        assertThatThrownBy(() -> cache.invalidateTag(tag, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(length + ": ");
        assertThatThrownBy(() -> cache.tagVersions(List.of(tag), KEEP, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.tagVersions(List.of("a"), 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private TagReply versions(String... tags) {
        return get(cache.tagVersions(List.of(tags), KEEP, 0));
    }

    private byte[] tag(String tag) {
        return layout.entry(new RemoteKey(partition, bytes(tag)));
    }
}
