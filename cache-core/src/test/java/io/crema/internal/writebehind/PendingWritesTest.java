package io.crema.internal.writebehind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.internal.writebehind.PendingWrites.Item;
import io.crema.internal.writebehind.PendingWrites.Moment;
import io.crema.spi.JournalEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingWritesTest {

    private static final int MANY = 100;

    private final PendingWrites coalesced = new PendingWrites(true);
    private final PendingWrites each = new PendingWrites(false);

    private static JournalEntry write(long id, int key) {
        return new JournalEntry(id, new byte[] {(byte) key}, false, (byte) 1, new byte[] {1, 2, 3});
    }

    private static JournalEntry unreadable(long id, int key) {
        return JournalEntry.unreadable(id, new byte[] {(byte) key});
    }

    private static List<Long> ids(List<Item> items) {
        return items.stream().map(item -> item.entry().id()).toList();
    }

    private static List<Long> idsOf(Item item) {
        return item.entries().stream().map(JournalEntry::id).toList();
    }

    private static Moment at(long nanos, long window) {
        return new Moment(nanos, window, true);
    }

    private static Item only(List<Item> items) {
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    @Test
    void take_coalesced_theLastOfEachKeyStandsForAll() {
        coalesced.add(write(1, 7));
        coalesced.add(write(2, 8));
        coalesced.add(write(3, 7));
        coalesced.add(write(4, 7));

        List<Item> items = coalesced.take(MANY, at(0, 1));

        assertThat(ids(items)).containsExactly(4L, 2L);
        assertThat(idsOf(items.get(0))).containsExactly(1L, 3L, 4L);
        items.forEach(coalesced::done);
        assertThat(coalesced.isLeft()).isFalse();
    }

    @Test
    void take_notCoalesced_oneOfEachKeyAfterTheOther() {
        each.add(write(1, 7));
        each.add(write(2, 7));

        Item first = only(each.take(MANY, at(0, 1)));
        assertThat(idsOf(first)).containsExactly(1L);
        assertThat(each.take(MANY, at(0, 2))).as("one is under way").isEmpty();
        each.done(first);
        assertThat(idsOf(only(each.take(MANY, at(0, 1))))).containsExactly(2L);
    }

    @Test
    void take_keyThatWasWrittenInTheWindowAndComesAgain_waitsForTheNext() {
        coalesced.add(write(1, 7));
        coalesced.take(MANY, at(0, 1)).forEach(coalesced::done);
        coalesced.add(write(2, 7));
        coalesced.add(write(3, 8));

        assertThat(coalesced.holds(1, at(0, 1))).isTrue();
        assertThat(coalesced.holds(2, at(0, 1))).isFalse();
        assertThat(ids(coalesced.take(MANY, at(0, 1)))).containsExactly(3L);
        assertThat(coalesced.holds(1, at(0, 1))).isFalse();
        assertThat(ids(coalesced.take(MANY, at(0, 2)))).containsExactly(2L);
    }

    @Test
    void take_most_areTakenAndTheOthersNext() {
        for (int i = 1; i <= 5; i++) {
            coalesced.add(write(i, i));
        }

        assertThat(ids(coalesced.take(3, at(0, 1)))).containsExactly(1L, 2L, 3L);
        assertThat(ids(coalesced.take(3, at(0, 1)))).containsExactly(4L, 5L);
    }

    @Test
    void add_whileOneIsUnderWay_waitsBehindIt() {
        coalesced.add(write(1, 7));
        Item first = only(coalesced.take(MANY, at(0, 1)));
        coalesced.add(write(2, 7));
        coalesced.add(write(3, 7));

        coalesced.done(first);

        Item second = only(coalesced.take(MANY, at(0, 2)));
        assertThat(idsOf(second)).containsExactly(2L, 3L);
    }

    @Test
    void failed_isDueAgainAfterItsTime_andCounts() {
        coalesced.add(write(1, 7));
        Item first = only(coalesced.take(MANY, at(0, 1)));
        assertThat(first.attempt()).isEqualTo(1);

        coalesced.failed(first, 50, MANY);

        assertThat(coalesced.take(MANY, at(49, 2))).isEmpty();
        assertThat(only(coalesced.take(MANY, at(50, 2))).attempt()).isEqualTo(2);
    }

    @Test
    void failed_whenANewerOneWaits_thatOneIsTriedForBoth() {
        coalesced.add(write(1, 7));
        Item first = only(coalesced.take(MANY, at(0, 1)));
        coalesced.add(write(2, 7));
        coalesced.add(write(3, 7));

        coalesced.failed(first, 50, MANY);

        Item next = only(coalesced.take(MANY, at(50, 2)));
        assertThat(idsOf(next)).containsExactly(1L, 2L, 3L);
        assertThat(next.attempt()).as("of the key").isEqualTo(2);
    }

    @Test
    void add_overWhatFailed_theKeyKeepsWhatIsKnownOfIt() {
        for (int key = 1; key <= 4; key++) {
            coalesced.add(write(key, key));
        }
        coalesced
                .take(MANY, at(0, 1))
                .forEach(item -> coalesced.failed(item, 0, item.entry().id() == 1 ? 1 : 2));

        coalesced.add(write(5, 1));

        Item alone = only(coalesced.take(MANY, at(0, 2)));
        assertThat(idsOf(alone)).containsExactly(1L, 5L);
        assertThat(alone.attempt()).isEqualTo(2);
        assertThat(coalesced.take(MANY, at(0, 2))).hasSize(2);
        coalesced.failed(alone, 0, 1);
        coalesced.writeTogetherAgain();
        assertThat(idsOf(only(coalesced.take(MANY, at(0, 3)))))
                .as("still alone")
                .containsExactly(1L, 5L);
    }

    @Test
    void take_whileNothingIsTriedAgain_onlyWhatIsNew() {
        coalesced.add(write(1, 7));
        coalesced.failed(only(coalesced.take(MANY, at(0, 1))), 0, MANY);
        coalesced.add(write(2, 8));

        assertThat(ids(coalesced.take(MANY, new Moment(0, 2, false)))).containsExactly(2L);
        assertThat(ids(coalesced.take(MANY, new Moment(0, 2, true)))).containsExactly(1L);
    }

    @Test
    void failed_notCoalesced_staysTheFirst() {
        each.add(write(1, 7));
        each.add(write(2, 7));
        each.failed(only(each.take(MANY, at(0, 1))), 0, MANY);

        Item again = only(each.take(MANY, at(0, 2)));

        assertThat(idsOf(again)).containsExactly(1L);
        assertThat(again.attempt()).isEqualTo(2);
    }

    @Test
    void notNoted_isNotWrittenAgain_norReplaced() {
        coalesced.add(write(1, 7));
        coalesced.notNoted(only(coalesced.take(MANY, at(0, 1))));
        coalesced.add(write(2, 7));

        Item again = only(coalesced.take(MANY, at(0, 2)));

        assertThat(again.isWritten()).isTrue();
        assertThat(idsOf(again)).containsExactly(1L);
        coalesced.done(again);
        assertThat(only(coalesced.take(MANY, at(0, 3))).isWritten()).isFalse();
    }

    @Test
    void notTried_isDueAtOnce() {
        coalesced.add(write(1, 7));
        coalesced.notTried(only(coalesced.take(MANY, at(0, 1))));

        assertThat(only(coalesced.take(MANY, at(0, 1))).attempt()).isEqualTo(1);
    }

    @Test
    void isFull_manyKeysOrManyBytes_untilTheyAreDone() {
        PendingWrites keys = new PendingWrites(true);
        for (int i = 0; i < 10_000; i++) {
            keys.add(new JournalEntry(i + 1, new byte[] {(byte) i, (byte) (i >> 8)}, false, (byte) 1, new byte[0]));
        }
        assertThat(keys.isFull()).isTrue();
        keys.done(keys.take(1, at(0, 1)).get(0));
        assertThat(keys.isFull()).isFalse();

        coalesced.add(new JournalEntry(1, new byte[] {1}, false, (byte) 1, new byte[17 << 20]));
        assertThat(coalesced.isFull()).isTrue();
        coalesced.add(write(2, 1));
        assertThat(coalesced.isFull()).as("the newer one is small").isFalse();
        coalesced.clear();
        assertThat(coalesced.isLeft()).isFalse();
    }

    @Test
    void done_ofWhatIsNotUnderWay_isRefused() {
        coalesced.add(write(1, 7));
        Item item = only(coalesced.take(MANY, at(0, 1)));
        coalesced.done(item);

        assertThatThrownBy(() -> coalesced.done(item)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void failed_together_isTriedWithFewerThenAlone() {
        for (int key = 1; key <= 6; key++) {
            coalesced.add(write(key, key));
        }
        coalesced.take(MANY, at(0, 1)).forEach(item -> coalesced.failed(item, 0, 3));

        List<Item> half = coalesced.take(MANY, at(0, 2));
        List<Item> otherHalf = coalesced.take(MANY, at(0, 2));
        assertThat(ids(half)).containsExactly(1L, 2L, 3L);
        assertThat(ids(otherHalf)).containsExactly(4L, 5L, 6L);
        half.forEach(item -> coalesced.failed(item, 0, 1));
        otherHalf.forEach(coalesced::done);
        coalesced.add(write(7, 7));

        assertThat(ids(coalesced.take(MANY, at(0, 3)))).containsExactly(1L);
        assertThat(ids(coalesced.take(MANY, at(0, 3)))).containsExactly(2L);
        assertThat(ids(coalesced.take(MANY, at(0, 3)))).containsExactly(3L);
        assertThat(ids(coalesced.take(MANY, at(0, 3)))).containsExactly(7L);
    }

    @Test
    void unreadable_holdsUpItsKeyAlone_untilANewerWriteStandsForIt() {
        coalesced.add(write(1, 7));
        assertThat(coalesced.add(unreadable(2, 7))).isTrue();
        assertThat(coalesced.add(unreadable(3, 7))).isTrue();
        coalesced.add(write(4, 8));
        assertThat(coalesced.unreadable()).isEqualTo(1);
        assertThat(coalesced.firstUnreadable()).isEqualTo(2);

        List<Item> readable = coalesced.take(MANY, at(0, 1));
        assertThat(ids(readable)).containsExactly(1L, 4L);
        readable.forEach(coalesced::done);
        assertThat(coalesced.take(MANY, at(0, 2))).isEmpty();
        assertThat(coalesced.isLeft()).isFalse();

        coalesced.add(write(5, 7));
        assertThat(idsOf(only(coalesced.take(MANY, at(0, 3))))).containsExactly(2L, 3L, 5L);
        assertThat(coalesced.unreadable()).isZero();
    }

    @Test
    void unreadable_notCoalesced_isReadAnewWithThoseBehindIt() {
        each.add(write(1, 7));
        each.add(unreadable(2, 7));
        each.add(write(3, 7));
        each.add(write(4, 8));
        assertThat(ids(each.take(MANY, at(0, 1)))).containsExactly(1L, 4L);

        each.forgetUnreadable();
        assertThat(each.unreadable()).isZero();
        assertThat(each.add(write(1, 7))).isFalse();
        assertThat(each.add(unreadable(2, 7))).as("known").isFalse();
        each.add(write(3, 7));
        assertThat(each.firstUnreadable()).isEqualTo(2);

        // It has gone.
        each.forgetUnreadable();
        each.add(write(3, 7));
        each.add(write(4, 8));
        assertThat(each.take(MANY, at(0, 2))).as("others are under way").isEmpty();
        assertThat(each.isLeft()).isTrue();
    }

    @Test
    void unreadable_foundWhenTried_waitsToBeReadAnew() {
        coalesced.add(write(1, 7));
        Item first = only(coalesced.take(MANY, at(0, 1)));
        coalesced.unreadable(first);
        assertThat(coalesced.take(MANY, at(0, 2))).isEmpty();
        assertThat(coalesced.firstUnreadable()).isEqualTo(1);

        coalesced.forgetUnreadable();
        coalesced.add(write(1, 7));

        assertThat(only(coalesced.take(MANY, at(0, 2))).attempt()).isEqualTo(1);
    }

    @Test
    void unreadable_foundWhenANewerOneWaits_thatOneStandsForIt() {
        coalesced.add(write(1, 7));
        Item first = only(coalesced.take(MANY, at(0, 1)));
        coalesced.add(write(2, 7));

        coalesced.unreadable(first);

        assertThat(idsOf(only(coalesced.take(MANY, at(0, 2))))).containsExactly(1L, 2L);
        assertThat(coalesced.unreadable()).isZero();
    }

    @Test
    void unreadable_notCoalescedAndFoundWhenTried_isReadAnewInOrder() {
        each.add(write(1, 7));
        each.add(write(2, 7));
        each.unreadable(only(each.take(MANY, at(0, 1))));
        each.add(write(3, 7));
        assertThat(each.take(MANY, at(0, 2))).isEmpty();

        each.forgetUnreadable();
        for (long id = 1; id <= 3; id++) {
            each.add(write(id, 7));
        }

        for (long id = 1; id <= 3; id++) {
            Item item = only(each.take(MANY, at(0, 2 + id)));
            assertThat(idsOf(item)).containsExactly(id);
            each.done(item);
        }
        assertThat(each.isFull()).isFalse();
    }

    @Test
    void hotKey_keepsOneKeyAndSoManyWritesAtMost() {
        long id = 0;
        while (!coalesced.isFull()) {
            coalesced.add(write(++id, 7));
        }

        assertThat(id).isEqualTo(100_000);
        Item item = only(coalesced.take(MANY, at(0, 1)));
        assertThat(item.entries()).hasSize(100_000);
        assertThat(item.entries().get(1).key()).isSameAs(item.entries().get(0).key());
        coalesced.done(item);
        assertThat(coalesced.isFull()).isFalse();
    }
}
