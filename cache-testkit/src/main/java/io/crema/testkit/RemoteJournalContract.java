package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of {@link RemoteTierContract} on journals, their owners and their dead letters. */
abstract class RemoteJournalContract extends RemoteDirtyContract {

    /** More than any clock will reach by itself in a test. */
    private static final long FAR = 1_000_000_000_000L;

    private final long rival = newToken();

    @Test
    void superseded_laterWriteInTheJournal_theOthersGoAndTheValueStaysDirty() {
        RemoteKey key = newKey();
        RemoteKey other = newKeyIn(key.partition());
        append(key, value("one"));
        append(other, value("other"));
        append(key, value("two"));
        append(key, value("three"));
        List<JournalEntry> all = readAll(key.partition());

        assertThat(superseded(List.of(all.get(0), all.get(2)), all.get(3))).isTrue();

        assertThat(ids(readAll(key.partition()))).isEqualTo(ids(List.of(all.get(1), all.get(3))));
        assertThat(textOf(key)).isEqualTo("three");
        assertThat(read(key).dirty()).isTrue();
        assertThat(written(all.get(3))).isTrue();
        assertThat(read(key).dirty()).isFalse();
    }

    @Test
    void superseded_laterWriteThatIsNotThere_changesNothing() {
        RemoteKey key = newKey();
        RemoteKey other = newKeyIn(key.partition());
        append(key, value("one"));
        append(other, value("other"));
        List<JournalEntry> all = readAll(key.partition());
        JournalEntry never = new JournalEntry(
                all.get(1).id() + 1, key.bytes(), false, all.get(0).codec(), new byte[0]);
        JournalEntry ofAnother =
                new JournalEntry(all.get(1).id(), key.bytes(), false, all.get(0).codec(), new byte[0]);

        assertThat(superseded(List.of(all.get(0)), never)).isTrue();
        assertThat(superseded(List.of(all.get(0)), ofAnother)).isTrue();

        assertThat(ids(readAll(key.partition()))).isEqualTo(ids(all));
    }

    @Test
    void read_severalWrites_givesThemInTheirOrderAfterOne() {
        int partition = newKey().partition();
        List<RemoteKey> keys = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            keys.add(newKeyIn(partition));
            ids.add(append(keys.get(i), value("text " + i)).stamp());
        }
        own(partition);

        List<JournalEntry> first = await(journal(a).read(partition, owner, 0, 3));
        List<JournalEntry> rest = await(journal(a).read(partition, owner, ids.get(2), 3));

        assertThat(first).extracting(JournalEntry::id).isEqualTo(ids.subList(0, 3));
        assertThat(rest).extracting(JournalEntry::id).containsExactly(ids.get(3));
        assertThat(first.get(1).key()).isEqualTo(keys.get(1).bytes());
        assertThat(first.get(1).codec()).isEqualTo(CODEC);
        assertThat(first.get(1).cachedNull()).isFalse();
        assertThat(text(first.get(1))).isEqualTo("text 1");
        assertThat(await(journal(a).read(partition, owner, ids.get(3), 3))).isEmpty();
    }

    @Test
    void append_clockLost_isAboveWhatTheCallerSaw() {
        RemoteKey key = newKey();
        long seen = append(key, value("one")).stamp() + FAR;
        loseClock(name, key.partition());

        long id = stored(journal(a).append(key, value("two"), MANY, seen)).stamp();

        assertThat(id).isGreaterThan(seen);
        assertThat(readAll(key.partition()))
                .extracting(JournalEntry::id)
                .hasSize(2)
                .endsWith(id);
    }

    @Test
    void append_clockBehindTheJournal_isAboveEveryIdThatWasGiven() {
        RemoteKey key = newKey();
        long seen = append(key, value("one")).stamp() + FAR;
        loseClock(name, key.partition());
        long far = stored(journal(a).append(key, value("two"), MANY, seen)).stamp();
        readAll(key.partition()).forEach(this::written);
        loseClock(name, key.partition());

        long id = stored(journal(a).append(key, value("three"), MANY, 0)).stamp();

        assertThat(id).isGreaterThan(far);
        assertThat(clockOf(key)).isEqualTo(id);
        assertThat(readOne(key.partition()).id()).isEqualTo(id);
        assertThat(read(key).stamp()).isEqualTo(id);
    }

    @Test
    void append_clockBehindWhatTheCallerSaw_isAboveThat() {
        RemoteKey key = newKey();
        long seen = append(key, value("one")).stamp() + FAR;

        long id = stored(journal(a).append(key, value("two"), MANY, seen)).stamp();

        assertThat(id).isGreaterThan(seen);
        assertThat(clockOf(key)).isEqualTo(id);
        assertThat(stored(journal(b).append(key, value("three"), MANY, 0)).stamp())
                .isEqualTo(id + 1);
    }

    @Test
    void append_journalFull_changesNothingUntilThereIsRoom() {
        RemoteKey key = newKey();
        RemoteKey other = newKeyIn(key.partition());
        append(key, value("one"));
        append(key, value("two"));
        long clock = clockOf(key);

        assertThat(await(journal(b).append(other, value("three"), 2, 0))).isEqualTo(new StoreReply.Full());

        assertThat(kindOf(other)).isEqualTo(Kind.ABSENT);
        assertThat(clockOf(key)).isEqualTo(clock);
        written(readAll(key.partition()).get(0));
        stored(journal(b).append(other, value("three"), 2, 0));
    }

    @Test
    void own_nobodyElse_isHeldAndCounts() {
        RemoteKey key = newKey();
        Ownership none = own(key.partition());
        assertThat(none.held()).isTrue();
        assertThat(none.leftMillis()).isBetween(1L, LONG_MILLIS);
        assertThat(none.entries()).isZero();
        assertThat(none.oldestMillis()).isZero();
        assertThat(none.deadLetters()).isZero();

        append(key, value("one"));
        pass(LONGER_THAN_SHORT);
        append(key, value("two"));

        Ownership two = own(key.partition());
        assertThat(two.entries()).isEqualTo(2);
        assertThat(two.oldestMillis()).isBetween(SHORT_MILLIS, LONG_MILLIS);
    }

    @Test
    void own_anotherOwner_isNotHeldUntilTheLeaseIsOver() {
        int partition = newKey().partition();
        await(journal(a).own(partition, owner, 200));

        Ownership refused = await(journal(b).own(partition, rival, LONG_MILLIS));
        assertThat(refused.held()).isFalse();
        assertThat(refused.leftMillis()).isBetween(0L, 200L);
        pass(LONGER_THAN_SHORT.plusMillis(200));

        assertThat(await(journal(b).own(partition, rival, LONG_MILLIS)).held()).isTrue();
        assertThat(own(partition).held()).isFalse();
    }

    @Test
    void own_again_renewsTheLease() {
        int partition = newKey().partition();
        await(journal(a).own(partition, owner, SHORT_MILLIS));
        own(partition);
        pass(LONGER_THAN_SHORT);

        assertThat(await(journal(b).own(partition, rival, LONG_MILLIS)).held()).isFalse();
    }

    @Test
    void disown_byTheOwner_freesAtOnceAndByAnotherDoesNothing() {
        int partition = newKey().partition();
        own(partition);

        await(journal(b).disown(partition, rival));
        assertThat(await(journal(b).own(partition, rival, LONG_MILLIS)).held()).isFalse();

        await(journal(a).disown(partition, owner));
        assertThat(await(journal(b).own(partition, rival, LONG_MILLIS)).held()).isTrue();
    }

    @Test
    void deposedOwner_readsAndChangesNothing() {
        RemoteKey key = newKey();
        append(key, value("new"));
        JournalEntry entry = readOne(key.partition());
        await(journal(a).disown(key.partition(), owner));
        await(journal(b).own(key.partition(), rival, LONG_MILLIS));

        assertThat(written(entry)).isFalse();
        assertThat(superseded(List.of(entry), entry)).isFalse();
        assertThat(bury(owner, List.of(entry))).isFalse();
        assertThatThrownBy(() -> await(journal(a).read(key.partition(), owner, 0, 1)))
                .hasCauseInstanceOf(IllegalStateException.class);

        assertThat(read(key).dirty()).isTrue();
        assertThat(await(journal(b).read(key.partition(), rival, 0, 9)))
                .extracting(JournalEntry::id)
                .containsExactly(entry.id());
        assertThat(await(journal(b).deadLetters(key.partition(), 9))).isEmpty();
    }

    @Test
    void ownerWhoseLeaseIsOver_readsAndChangesNothing() {
        RemoteKey key = newKey();
        append(key, value("new"));
        JournalEntry entry = readOne(key.partition());
        await(journal(a).own(key.partition(), owner, SHORT_MILLIS));
        pass(LONGER_THAN_SHORT);

        assertThat(written(entry)).isFalse();
        assertThatThrownBy(() -> await(journal(a).read(key.partition(), owner, 0, 1)))
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(readOne(key.partition()).id()).isEqualTo(entry.id());
    }

    @Test
    void notes_ofAnIdThatIsAnotherKeys_changeNothing() {
        RemoteKey key = newKey();
        RemoteKey other = newKeyIn(key.partition());
        append(key, value("new"));
        JournalEntry entry = readOne(key.partition());
        JournalEntry forgotten = new JournalEntry(entry.id(), other.bytes(), false, entry.codec(), new byte[0]);

        assertThat(written(forgotten)).isTrue();
        assertThat(bury(owner, List.of(forgotten))).isTrue();

        assertThat(readOne(key.partition()).id()).isEqualTo(entry.id());
        assertThat(read(key).dirty()).isTrue();
        assertThat(await(journal(a).deadLetters(key.partition(), 9))).isEmpty();
    }

    @Test
    void written_twice_changesNothingMore() {
        RemoteKey key = newKey();
        append(key, value("new"));
        JournalEntry entry = readOne(key.partition());
        written(entry);
        await(b.invalidate(key.partition(), List.of(key), 0, 0));
        append(key, value("newer"));

        assertThat(written(entry)).isTrue();

        assertThat(read(key).dirty()).isTrue();
        assertThat(readOne(key.partition()).id()).isGreaterThan(entry.id());
    }

    @Test
    void written_asManyAsAllowed_areTakenAtOnce() {
        int partition = newKey().partition();
        IntStream.range(0, 256).forEach(i -> append(newKeyIn(partition), value("x")));
        own(partition);
        List<JournalEntry> all = await(journal(a).read(partition, owner, 0, 1_000));
        await(a.clear(partition, 0));

        assertThat(all).hasSize(256);
        assertThat(written(all)).isTrue();
        assertThat(own(partition).entries()).isZero();
    }

    @Test
    void bury_write_isADeadLetterAndItsValueGoes() {
        RemoteKey key = newKey();
        append(key, value("one"));
        append(key, value("two"));
        List<JournalEntry> entries = readAll(key.partition());
        long clock = clockOf(key);

        assertThat(await(journal(a).bury(key.partition(), owner, entries, 7, "why \u00e4", 0)))
                .isTrue();

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
        assertThat(clockOf(key)).as("published").isEqualTo(clock + 1);
        assertThat(own(key.partition()).entries()).isZero();
        assertThat(own(key.partition()).deadLetters()).isEqualTo(1);
        List<DeadLetter> letters = await(journal(b).deadLetters(key.partition(), 9));
        assertThat(letters).hasSize(1);
        DeadLetter letter = letters.get(0);
        assertThat(letter.entry().id()).isEqualTo(entries.get(1).id());
        assertThat(letter.entry().key()).isEqualTo(key.bytes());
        assertThat(letter.entry().codec()).isEqualTo(CODEC);
        assertThat(text(letter.entry())).isEqualTo("two");
        assertThat(letter.attempts()).isEqualTo(7);
        assertThat(letter.reason()).isEqualTo("why \u00e4");
        assertThat(letter.ageMillis()).isBetween(0L, LONG_MILLIS);
    }

    @Test
    void bury_newerWriteInTheJournal_leavesItsValue() {
        RemoteKey key = newKey();
        append(key, value("one"));
        JournalEntry one = readOne(key.partition());
        append(key, value("two"));
        long clock = clockOf(key);

        assertThat(bury(owner, List.of(one))).isTrue();

        assertThat(textOf(key)).isEqualTo("two");
        assertThat(read(key).dirty()).isTrue();
        assertThat(clockOf(key)).isEqualTo(clock);
        written(readOne(key.partition()));
        assertThat(await(journal(a).revive(key.partition(), one.id(), 0))).isTrue();
        assertThat(readAll(key.partition()))
                .as("the newer one has been written")
                .isEmpty();
        assertThat(textOf(key)).isEqualTo("two");
    }

    @Test
    void bury_twiceOrNotInTheOrderOfIds_keepsEachOnce() {
        int partition = newKey().partition();
        append(newKeyIn(partition), value("one"));
        append(newKeyIn(partition), value("two"));
        List<JournalEntry> both = readAll(partition);

        assertThat(bury(owner, List.of(both.get(1)))).isTrue();
        assertThat(bury(owner, List.of(both.get(0)))).isTrue();
        assertThat(bury(owner, List.of(both.get(0)))).isTrue();

        assertThat(await(journal(b).deadLetters(partition, 9)))
                .extracting(letter -> letter.entry().id())
                .containsExactly(both.get(0).id(), both.get(1).id());
        assertThat(await(journal(b).deadLetters(partition, 1))).hasSize(1);
    }

    @Test
    void revive_deadLetter_isWrittenAgainUnderANewId() {
        RemoteKey key = newKey();
        RemoteValue value = value("new", LONG_MILLIS, 2 * LONG_MILLIS);
        append(key, value);
        JournalEntry dead = readOne(key.partition());
        bury(owner, List.of(dead));
        stored(b.put(key, value("what a load found"), 0, 0));
        pass(LONGER_THAN_SHORT);

        assertThat(await(journal(b).revive(key.partition(), dead.id(), 0))).isTrue();

        RemoteRecord found = read(key);
        assertThat(text(found)).isEqualTo("new");
        assertThat(found.dirty()).isTrue();
        assertThat(found.freshMillis()).isBetween(LONG_MILLIS / 2, LONG_MILLIS);
        JournalEntry again = readOne(key.partition());
        assertThat(again.id()).isGreaterThan(dead.id()).isEqualTo(found.stamp());
        assertThat(text(again)).isEqualTo("new");
        assertThat(await(journal(b).deadLetters(key.partition(), 9))).isEmpty();
        assertThat(await(journal(b).revive(key.partition(), dead.id(), 0))).isFalse();
        assertThat(written(again)).isTrue();
        assertThat(textOf(key)).isEqualTo("new");
    }

    @Test
    void revive_newerWriteSince_isOnlyDropped() {
        RemoteKey key = newKey();
        append(key, value("old"));
        JournalEntry dead = readOne(key.partition());
        bury(owner, List.of(dead));
        append(key, value("newer"));
        written(readOne(key.partition()));
        await(b.invalidate(key.partition(), List.of(key), 0, 0));

        assertThat(await(journal(b).revive(key.partition(), dead.id(), 0))).isTrue();

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
        assertThat(readAll(key.partition())).isEmpty();
        assertThat(await(journal(b).deadLetters(key.partition(), 9))).isEmpty();
    }

    @Test
    void revive_newerOriginVersion_isOnlyDropped() {
        RemoteKey key = newKey();
        append(key, value("v5", 5));
        JournalEntry dead = readOne(key.partition());
        bury(owner, List.of(dead));
        stored(b.put(key, value("v6", 6), 0, 0));

        assertThat(await(journal(b).revive(key.partition(), dead.id(), 0))).isTrue();

        assertThat(textOf(key)).isEqualTo("v6");
        assertThat(readAll(key.partition())).isEmpty();
        assertThat(await(journal(b).deadLetters(key.partition(), 9))).isEmpty();
    }

    @Test
    void revive_inQuarantine_failsAndKeepsTheLetter() {
        RemoteKey key = newKey();
        append(key, value("new"));
        JournalEntry dead = readOne(key.partition());
        bury(owner, List.of(dead));
        await(b.quarantine(key, rival, LONG_MILLIS, 0));

        assertThatThrownBy(() -> await(journal(b).revive(key.partition(), dead.id(), 0)))
                .hasCauseInstanceOf(IllegalStateException.class);
        await(b.endQuarantine(key, rival, 0));

        assertThat(await(journal(b).revive(key.partition(), dead.id(), 0))).isTrue();
        assertThat(textOf(key)).isEqualTo("new");
    }

    @Test
    void drop_deadLetter_isGone() {
        RemoteKey key = newKey();
        append(key, value("new"));
        JournalEntry dead = readOne(key.partition());
        bury(owner, List.of(dead));

        assertThat(await(journal(b).drop(key.partition(), dead.id()))).isTrue();

        assertThat(await(journal(b).drop(key.partition(), dead.id()))).isFalse();
        assertThat(await(journal(b).revive(key.partition(), dead.id(), 0))).isFalse();
        assertThat(own(key.partition()).deadLetters()).isZero();
        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @Test
    void bury_longReason_isCutWhereACharacterBegins() {
        RemoteKey key = newKey();
        append(key, value("new"));
        String reason = "x" + "\u00e4".repeat(2_000);

        await(journal(a).bury(key.partition(), owner, readAll(key.partition()), 1, reason, 0));

        String kept = await(journal(b).deadLetters(key.partition(), 1)).get(0).reason();
        assertThat(reason).startsWith(kept);
        assertThat(kept.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(900, 1_000);
    }

    @Test
    void members_comeAndGo() {
        long third = newToken();
        assertThat(await(journal(a).members(owner, LONG_MILLIS))).containsExactly(owner);
        assertThat(await(journal(b).members(rival, LONG_MILLIS))).containsExactlyInAnyOrder(owner, rival);
        assertThat(await(journal(b).members(third, 200))).containsExactlyInAnyOrder(owner, rival, third);

        await(journal(a).leave(owner));
        pass(LONGER_THAN_SHORT.plusMillis(200));

        assertThat(await(journal(b).members(rival, LONG_MILLIS))).containsExactly(rival);
    }

    @Test
    void journal_wrongArguments_areRefused() {
        RemoteKey key = newKey();
        append(key, value("new"));
        JournalEntry entry = readOne(key.partition());
        List<JournalEntry> many =
                IntStream.rangeClosed(0, 256).mapToObj(i -> entry).toList();

        assertThatThrownBy(() -> journal(a).own(0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal(a).own(0, owner, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal(a).read(0, owner, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> written(many)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal(a).written(0, owner, List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal(a).members(owner, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private Ownership own(int partition) {
        return await(journal(a).own(partition, owner, LONG_MILLIS));
    }

    private boolean bury(long by, List<JournalEntry> entries) {
        int partition = a.partitionOf(entries.get(0).key());
        return await(journal(a).bury(partition, by, entries, 3, "poison", 0));
    }
}
