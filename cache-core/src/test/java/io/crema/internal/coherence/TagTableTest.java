package io.crema.internal.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.coherence.TagTable.Moment;
import io.crema.internal.coherence.TagTable.Question;
import io.crema.spi.TagReply;
import io.crema.spi.TagVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TagTableTest {

    private final CoherenceRules rules = new CoherenceRules();
    private final Partition partition = new Partition(4, rules);
    private final TagTable table = new TagTable(partition, rules);

    /** As entries do; without it the collector might take a tag in the middle of a test. */
    private final List<EntryTags> held = new ArrayList<>();

    @BeforeEach
    void synchronise() {
        partition.resynchronise(true, true, 100, 0);
    }

    private static TagVersion version(String tag, long stamp, long token) {
        return new TagVersion(tag, stamp, token);
    }

    private static TagReply reply(long clock, TagVersion... versions) {
        return new TagReply(clock, List.of(versions));
    }

    /** As a message tells it, in sequence. */
    private void message(String tag, long stamp) {
        table.invalidated(tag, stamp);
        partition.advance(stamp, 1);
    }

    private EntryTags asked(TagVersion version) {
        return held(table.ask(List.of(version.tag())).answered(reply(100, version)));
    }

    private EntryTags held(EntryTags tags) {
        held.add(tags);
        return tags;
    }

    @Test
    void known_beforeTheReply_isNothing() {
        Question question = table.ask(List.of("a"));

        assertThat(table.known(List.of("a"))).isNull();
        held(question.answered(reply(100, version("a", 90, 7))));
        assertThat(table.known(List.of("a"))).isNotNull();
    }

    @Test
    void known_oneOfTwoUnknown_isNothing() {
        asked(version("a", 90, 7));

        assertThat(table.known(List.of("a", "b"))).isNull();
    }

    @Test
    void answered_messageCameBeforeTheReply_isNotKnown() {
        Question question = table.ask(List.of("a"));
        message("a", 101);

        EntryTags told = question.answered(reply(100, version("a", 90, 7)));

        assertThat(told.areCurrent()).isFalse();
        assertThat(table.known(List.of("a"))).isNull();
    }

    /** The reply is as new as the message: it may name the version that the message is about. */
    @Test
    void answered_withTheStampOfAMessageThatCameBefore_isKnown() {
        Question question = table.ask(List.of("a"));
        message("a", 101);

        assertThat(question.answered(reply(101, version("a", 101, 7))).areCurrent())
                .isTrue();
    }

    @Test
    void answered_messageCameLater_changesNothing() {
        EntryTags tags = asked(version("a", 101, 7));
        message("a", 101);

        assertThat(tags.areCurrent()).isTrue();
        message("a", 102);
        assertThat(tags.areCurrent()).isFalse();
    }

    @Test
    void answered_messagesMayBeMissingSinceTheQuestion_validatesNothing() {
        Question question = table.ask(List.of("a"));
        partition.missed();

        EntryTags told = question.answered(reply(100, version("a", 90, 7)));

        assertThat(told.areCurrent()).isFalse();
        assertThat(table.known(List.of("a"))).isNull();
        assertThat(told.match(List.of(version("a", 90, 7)))).as("what it says").isTrue();
    }

    @Test
    void entry_ofAnOlderGeneration_isNotCurrent() {
        EntryTags tags = asked(version("a", 90, 7));
        partition.missed();

        assertThat(tags.areCurrent()).isFalse();
        assertThat(table.known(List.of("a"))).isNull();
        assertThat(asked(version("a", 90, 7)).areCurrent()).isTrue();
        assertThat(tags.areCurrent()).as("of the older generation").isFalse();
    }

    /** After a lossy failover one stamp is issued twice. */
    @Test
    void answered_sameStampAnotherToken_isAnotherVersion() {
        EntryTags before = asked(version("a", 90, 7));

        EntryTags after = asked(version("a", 90, 8));

        assertThat(before.areCurrent()).isFalse();
        assertThat(after.areCurrent()).isTrue();
        assertThat(after.match(List.of(version("a", 90, 7)))).isFalse();
    }

    @Test
    void answered_sameVersionAgain_leavesEntriesAsTheyAre() {
        EntryTags first = asked(version("a", 90, 7));
        EntryTags second = asked(version("a", 90, 7));

        assertThat(first.areCurrent()).isTrue();
        assertThat(second.areCurrent()).isTrue();
    }

    @Test
    void answered_overtakenByANewerReply_doesNotBringTheOldBack() {
        Question slow = table.ask(List.of("a"));
        EntryTags newer = asked(version("a", 95, 8));

        EntryTags older = slow.answered(reply(100, version("a", 90, 7)));

        assertThat(older.areCurrent()).isFalse();
        assertThat(newer.areCurrent()).isTrue();
    }

    @Test
    void answered_clockWentBack_isNothing() {
        assertThat(table.ask(List.of("a")).answered(reply(99, version("a", 90, 7))))
                .isNull();
    }

    @Test
    void answered_fewerVersionsThanAsked_isNothing() {
        assertThat(table.ask(List.of("a", "b")).answered(reply(100, version("a", 90, 7))))
                .isNull();
    }

    @Test
    void inDoubt_hasToBeAskedAgain() {
        EntryTags tags = asked(version("a", 90, 7));
        table.inDoubt("a");

        assertThat(tags.areCurrent()).isFalse();
        assertThat(table.known(List.of("a"))).isNull();
        assertThat(asked(version("a", 90, 7)).areCurrent()).isTrue();
    }

    @Test
    void match_belowTheFloor_isDead() {
        EntryTags tags = asked(version("a", 90, 7));
        partition.raiseFloor(91);

        assertThat(tags.match(List.of(version("a", 90, 7)))).isFalse();
    }

    @Test
    void areBehind_recordKnowsANewerVersion_asks() {
        EntryTags tags = asked(version("a", 90, 7));

        assertThat(tags.areBehind(List.of(version("a", 91, 8)))).isTrue();
        assertThat(tags.areBehind(List.of(version("a", 90, 8)))).isFalse();
        assertThat(tags.areBehind(List.of(version("a", 89, 8)))).isFalse();
    }

    @Test
    void mayKeepLoaded_onlyVersionsThatWereThereBefore() {
        Moment before = table.now();

        assertThat(asked(version("a", 100, 7)).mayKeepLoaded(before)).isTrue();
        assertThat(asked(version("b", 101, 7)).mayKeepLoaded(before)).isFalse();
        EntryTags both = table.ask(List.of("c", "d")).answered(reply(101, version("c", 90, 1), version("d", 101, 1)));
        assertThat(both.mayKeepLoaded(before)).isFalse();
    }

    @Test
    void mayKeepLoaded_messagesMayBeMissingSince_notAtAll() {
        Moment before = table.now();
        partition.missed();

        assertThat(asked(version("a", 90, 7)).mayKeepLoaded(before)).isFalse();
    }

    @Test
    void ofThisInstance_newTag_isAsOldAsTheClock() {
        Moment before = table.now();
        EntryTags first = table.ofThisInstance(List.of("a"));
        assertThat(first.mayKeepLoaded(before)).isTrue();

        table.invalidated("a", partition.tick());
        assertThat(first.areCurrent()).isFalse();
        assertThat(table.ofThisInstance(List.of("a")).mayKeepLoaded(before)).isFalse();
        assertThat(table.ofThisInstance(List.of("a")).mayKeepLoaded(table.now()))
                .isTrue();
    }

    /** Nobody had the tag when it was invalidated, but a load had begun. */
    @Test
    void ofThisInstance_tagInvalidatedBeforeItWasKnown_isNotKept() {
        Moment before = table.now();
        table.invalidated("a", partition.tick());

        assertThat(table.ofThisInstance(List.of("a")).mayKeepLoaded(before)).isFalse();
    }

    @Test
    void ofThisInstance_otherTagInvalidatedMeanwhile_isKeptWhereItWasKnown() {
        held(table.ofThisInstance(List.of("a")));
        Moment before = table.now();
        table.invalidated("b", partition.tick());

        assertThat(table.ofThisInstance(List.of("a")).mayKeepLoaded(before)).isTrue();
    }

    @Test
    void tag_nobodyHoldsIt_leavesTheTable() {
        asked(version("a", 90, 7));
        asked(version("b", 90, 7));
        assertThat(table.size()).isEqualTo(2);

        table.drop("a");

        assertThat(table.size()).isEqualTo(1);
        assertThat(table.known(List.of("a"))).isNull();
    }

    /** A placeholder that comes after the collector must not be taken out in place of the one before. */
    @Test
    void tag_comesBackBeforeTheTableNoticed_stays() {
        asked(version("a", 90, 7));
        table.drop("a");

        EntryTags again = asked(version("a", 90, 7));

        assertThat(table.size()).isEqualTo(1);
        message("a", 101);
        assertThat(again.areCurrent()).isFalse();
    }

    @Test
    void isQuietSince_anyTagOrGap_isNot() {
        Moment before = table.now();
        assertThat(table.isQuietSince(before)).isTrue();

        table.invalidated("never heard of", 101);
        assertThat(table.isQuietSince(before)).isFalse();

        Moment later = table.now();
        partition.missed();
        assertThat(table.isQuietSince(later)).isFalse();
    }
}
