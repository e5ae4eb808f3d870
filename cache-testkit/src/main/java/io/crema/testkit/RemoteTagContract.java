package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.RemoteCache;
import io.crema.spi.Repair;
import io.crema.spi.TagReply;
import io.crema.spi.TagVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of {@link RemoteClockContract} on tags: their versions. */
abstract class RemoteTagContract extends RemoteFixture {

    private static final long FAR = 1_000_000_000_000L;

    @Test
    void tagVersions_unknownTags_getVersionsWithoutAdvancingTheClock() {
        long before = await(a.invalidateTag("other", newToken(), 0));

        TagReply reply = versions(a, "t1", "t2");

        assertThat(reply.clock()).isEqualTo(before);
        assertThat(reply.versions()).extracting(TagVersion::tag).containsExactly("t1", "t2");
        assertThat(reply.versions()).extracting(TagVersion::stamp).containsOnly(before);
        assertThat(await(b.invalidateTag("other", newToken(), 0))).isEqualTo(before + 1);
    }

    @Test
    void tagVersions_knownTags_areThoseOfAllInstancesInTheOrderAsked() {
        List<TagVersion> first = versions(a, "t1", "t2").versions();
        await(a.invalidateTag("other", newToken(), 0));

        assertThat(versions(b, "t2", "t1").versions()).containsExactly(first.get(1), first.get(0));
    }

    @Test
    void tagVersions_ofAnotherCache_areApart() {
        RemoteCache other = openCache(tierA, name + "-other");
        TagVersion here = version(a, "t");
        TagVersion there = version(other, "t");

        await(other.invalidateTag("t", newToken(), 0));

        assertThat(version(a, "t")).isEqualTo(here);
        assertThat(version(other, "t")).isNotEqualTo(there);
    }

    @Test
    void tagVersions_asManyAndAsLongAsMayBe_areKept() {
        String longest = "\u00e4".repeat(TagVersion.MAX_TAG_BYTES / 2) + "x";
        assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(TagVersion.MAX_TAG_BYTES);
        List<String> tags = new ArrayList<>(IntStream.range(1, TagVersion.MAX_TAGS)
                .mapToObj(i -> "tag \u20ac " + i)
                .toList());
        tags.add(longest);

        List<TagVersion> versions = await(a.tagVersions(tags, LONG_MILLIS, 0)).versions();

        assertThat(versions).extracting(TagVersion::tag).isEqualTo(tags);
        Collections.reverse(tags);
        assertThat(await(b.tagVersions(tags, LONG_MILLIS, 0)).versions())
                .hasSize(TagVersion.MAX_TAGS)
                .containsAll(versions);
    }

    @Test
    void tagVersions_clockLost_isSetToWhatTheCallerSaw() {
        long seen = await(a.invalidateTag("t", newToken(), 0)) + FAR;
        loseClock(name, a.tagPartition());

        long clock = await(a.tagVersions(List.of("new"), LONG_MILLIS, seen)).clock();

        assertThat(clock).isGreaterThanOrEqualTo(seen);
        assertThat(version(b, "new").stamp()).isEqualTo(clock);
    }

    @Test
    void tagVersions_lost_areNotIssuedAgain() {
        TagVersion before = version(a, "t");
        loseTag(name, "t");

        TagVersion after = version(b, "t");

        assertThat(after.token()).isNotEqualTo(before.token());
        assertThat(after.stamp()).isGreaterThanOrEqualTo(before.stamp());
    }

    @Test
    void tagVersions_keptAsLongAsTheLongestAskedFor() {
        TagVersion lengthened = version(a, "t1", SHORT_MILLIS);
        version(a, "t1", LONG_MILLIS);
        TagVersion notShortened = version(a, "t2", LONG_MILLIS);
        version(a, "t2", SHORT_MILLIS);
        version(a, "t3", LONG_MILLIS);
        long token = newToken();
        long stamp = await(a.invalidateTag("t3", token, 0));
        pass(LONGER_THAN_SHORT);

        assertThat(version(b, "t1")).isEqualTo(lengthened);
        assertThat(version(b, "t2")).isEqualTo(notShortened);
        assertThat(version(b, "t3")).isEqualTo(new TagVersion("t3", stamp, token));
    }

    @Test
    void invalidateTag_known_hasAVersionOfThatStampAndToken() {
        TagVersion before = version(a, "t");
        long token = newToken();

        long stamp = await(b.invalidateTag("t", token, 0));

        assertThat(stamp).isGreaterThan(before.stamp());
        assertThat(versions(a, "t")).isEqualTo(new TagReply(stamp, List.of(new TagVersion("t", stamp, token))));
    }

    @Test
    void invalidateTag_unknown_hasAVersionOfThatStampAndToken() {
        long token = newToken();

        long stamp = await(b.invalidateTag("t", token, 0));

        assertThat(version(a, "t")).isEqualTo(new TagVersion("t", stamp, token));
    }

    @Test
    void invalidateTag_one_leavesTheOthers() {
        TagVersion other = version(a, "t2");

        await(b.invalidateTag("t1", newToken(), 0));

        assertThat(version(a, "t2")).isEqualTo(other);
    }

    @Test
    void invalidateTag_clockLost_isSetAboveWhatTheCallerSaw() {
        long seen = await(a.invalidateTag("t", newToken(), 0)) + FAR;
        loseClock(name, a.tagPartition());

        assertThat(await(a.invalidateTag("t", newToken(), seen))).isGreaterThan(seen);
    }

    @Test
    void repair_ofTheTagsWithClear_makesAllVersionsNew() {
        TagVersion before = version(a, "t");

        await(a.repair(a.tagPartition(), history(a.tagPartition()), Repair.CLEAR, 0));

        TagVersion after = version(b, "t");
        assertThat(after.token()).isNotEqualTo(before.token());
        assertThat(after.stamp()).isGreaterThan(before.stamp());
        assertThat(version(a, "t")).isEqualTo(after);
    }

    @Test
    void repair_ofTheTagsWithKeep_leavesTheVersions() {
        TagVersion before = version(a, "t");

        await(a.repair(a.tagPartition(), history(a.tagPartition()), Repair.KEEP, 0));

        assertThat(version(b, "t")).isEqualTo(before);
    }

    private static TagReply versions(RemoteCache cache, String... tags) {
        return await(cache.tagVersions(List.of(tags), LONG_MILLIS, 0));
    }

    private static TagVersion version(RemoteCache cache, String tag) {
        return version(cache, tag, LONG_MILLIS);
    }

    private static TagVersion version(RemoteCache cache, String tag, long keepMillis) {
        return await(cache.tagVersions(List.of(tag), keepMillis, 0)).versions().get(0);
    }
}
