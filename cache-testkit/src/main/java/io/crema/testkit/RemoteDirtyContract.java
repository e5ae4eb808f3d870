package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.DirtyValueException;
import io.crema.spi.JournalEntry;
import io.crema.spi.LeaseMode;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.TagVersion;
import io.crema.spi.WriteJournal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The part of {@link RemoteTierContract} on values whose write is still in the journal. */
abstract class RemoteDirtyContract extends RemoteQuarantineContract {

    static final long MANY = 1_000;

    final long owner = newToken();

    @Test
    void append_value_isDirtyAndFreshForEverybody() {
        RemoteKey key = newKey();
        long before = stored(a.put(key, value("old"), 0, 0)).stamp();

        StoreReply.Stored stored = append(key, value("new", 5, 10));

        RemoteRecord found = read(key);
        assertThat(stored.stamp()).isEqualTo(before + 1);
        assertThat(found.stamp()).isEqualTo(stored.stamp());
        assertThat(found.loadedAt()).isEqualTo(stored.loadedAt());
        assertThat(found.dirty()).isTrue();
        assertThat(found.freshMillis()).isGreaterThanOrEqualTo(1_000);
        assertThat(text(found)).isEqualTo("new");
        assertThat(await(b.read(key, ReadMode.HEADER)).dirty()).isTrue();
    }

    @Test
    void put_value_isNotDirty() {
        RemoteKey key = newKey();
        stored(a.put(key, value("plain"), 0, 0));

        assertThat(read(key).dirty()).isFalse();
    }

    @Test
    void append_null_isADeletion() {
        RemoteKey key = newKey();
        stored(a.put(key, value("old"), 0, 0));

        append(key, nullValue());

        assertThat(read(key).cachedNull()).isTrue();
        assertThat(read(key).dirty()).isTrue();
        JournalEntry entry = readOne(key.partition());
        assertThat(entry.cachedNull()).isTrue();
        assertThat(entry.codec()).isZero();
        assertThat(entry.payload()).isEmpty();
        assertThat(written(entry)).isTrue();
        assertThat(read(key).cachedNull()).isTrue();
        assertThat(read(key).dirty()).isFalse();
    }

    /** What removes other values. */
    enum Removal {
        INVALIDATE,
        EXPIRE,
        CLEAR,
        TIME,
        END_OF_A_QUARANTINE
    }

    @ParameterizedTest
    @EnumSource
    void append_removedMeanwhile_staysFreshUntilItIsWrittenAndGoesThen(Removal removal) {
        RemoteKey key = newKey();
        StoreReply.Stored stored = append(key, value("new", SHORT_MILLIS, SHORT_MILLIS));
        if (removal != Removal.TIME) {
            stored = append(key, value("new"));
        }
        remove(removal, key);

        RemoteRecord found = read(key);
        assertThat(text(found)).isEqualTo("new");
        assertThat(found.dirty()).isTrue();
        assertThat(found.stamp()).isEqualTo(stored.stamp());
        assertThat(found.freshMillis()).isGreaterThanOrEqualTo(1_000);
        assertThat(await(b.putIfAbsent(key, value("other"), 0))).isEqualTo(new StoreReply.Refused());
        long before = clockOf(key);

        assertThat(written(readAll(key.partition()))).isTrue();

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
        assertThat(clockOf(key)).as("published").isEqualTo(before + 1);
    }

    private void remove(Removal removal, RemoteKey key) {
        switch (removal) {
            case INVALIDATE ->
                assertThat(await(b.invalidate(key.partition(), List.of(key), 0, 0))
                                .removed())
                        .containsExactly(true);
            case EXPIRE ->
                assertThat(await(b.expire(key.partition(), List.of(key), 0, 0)).removed())
                        .containsExactly(true);
            case CLEAR -> await(b.clear(key.partition(), 0));
            case TIME -> pass(LONGER_THAN_SHORT);
            case END_OF_A_QUARANTINE -> await(b.endQuarantine(key, newToken(), 0));
        }
    }

    @Test
    void invalidate_dirtyBelowTheFloor_countsItAsLive() {
        RemoteKey key = newKey();
        append(key, value("new"));
        await(b.clear(key.partition(), 0));

        assertThat(await(b.expire(key.partition(), List.of(key), 0, 0)).removed())
                .containsExactly(true);
        assertThat(await(b.invalidate(key.partition(), List.of(key), 0, 0)).removed())
                .containsExactly(true);
        assertThat(textOf(key)).isEqualTo("new");
    }

    @Test
    void written_invalidatedWithAVersion_remembersIt() {
        RemoteKey key = newKey();
        append(key, value("v5", 5));
        await(b.invalidate(key.partition(), List.of(key), 7, 0));

        written(readOne(key.partition()));

        assertThat(kindOf(key)).isEqualTo(Kind.TOMBSTONE);
        assertTooOld(b.put(key, value("v6", 6), 0, 0), 7);
    }

    @ParameterizedTest
    @EnumSource
    void lease_dirtyValue_isAlwaysRefused(LeaseMode mode) {
        RemoteKey key = newKey();
        RemoteValue value = value("new", 1, 1);
        append(key, value);
        pass(LONGER_THAN_SHORT);
        await(b.clear(key.partition(), 0));
        await(b.expire(key.partition(), List.of(key), 0, 0));

        RemoteRecord current = refused(await(b.lease(key, newToken(), mode, value.token(), LONG_MILLIS, 0)));

        assertThat(current.dirty()).isTrue();
        assertThat(text(current)).isEqualTo("new");
        assertThat(current.lease().isLoading()).isFalse();
    }

    @Test
    void append_keyBeingLoaded_refusesTheFill() {
        RemoteKey key = newKey();
        long token = newToken();
        assertGranted(await(b.lease(key, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));

        append(key, value("new"));

        assertRefused(fill(b, key, token, value("loaded before")));
        assertThat(textOf(key)).isEqualTo("new");
    }

    @Test
    void written_value_isKeptForItsTimeAndCanBeRemoved() {
        RemoteKey key = newKey();
        RemoteValue value = value("new").withTags(List.of(new TagVersion("t", 3, 4)));
        StoreReply.Stored stored = append(key, value);
        long clock = clockOf(key);

        assertThat(written(readOne(key.partition()))).isTrue();

        RemoteRecord found = read(key);
        assertThat(found.dirty()).isFalse();
        assertThat(found.stamp()).isEqualTo(stored.stamp());
        assertThat(found.token()).isEqualTo(value.token());
        assertThat(found.tags()).isEqualTo(value.tags());
        assertThat(text(found)).isEqualTo("new");
        assertThat(found.freshMillis()).isBetween(1L, LONG_MILLIS);
        assertThat(clockOf(key)).as("nothing published").isEqualTo(clock);
        await(b.invalidate(key.partition(), List.of(key), 0, 0));
        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @Test
    void written_valueOfShortTime_goesAfterIt() {
        RemoteKey key = newKey();
        append(key, value("new", 150, 150));
        written(readOne(key.partition()));

        pass(LONGER_THAN_SHORT.plusMillis(150));

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @Test
    void written_newerWriteInTheJournal_staysDirty() {
        RemoteKey key = newKey();
        append(key, value("one"));
        JournalEntry one = readOne(key.partition());
        append(key, value("two"));

        assertThat(written(one)).isTrue();

        assertThat(read(key).dirty()).isTrue();
        assertThat(textOf(key)).isEqualTo("two");
        assertThat(written(readOne(key.partition()))).isTrue();
        assertThat(read(key).dirty()).isFalse();
    }

    @Test
    void written_severalOfAKeyAtOnce_endsAll() {
        RemoteKey key = newKey();
        RemoteKey other = newKeyIn(key.partition());
        append(key, value("one"));
        append(other, value("other"));
        append(key, value("two"));

        assertThat(written(readAll(key.partition()))).isTrue();

        assertThat(readAll(key.partition())).isEmpty();
        assertThat(read(key).dirty()).isFalse();
        assertThat(read(other).dirty()).isFalse();
        assertThat(textOf(key)).isEqualTo("two");
    }

    @Test
    void append_invalidatedBefore_isNotDoomed() {
        RemoteKey key = newKey();
        append(key, value("one"));
        await(b.invalidate(key.partition(), List.of(key), 0, 0));
        append(key, value("two"));

        written(readAll(key.partition()));

        assertThat(textOf(key)).isEqualTo("two");
    }

    @Test
    void put_overADirtyValue_replacesItAndTheWriteStays() {
        RemoteKey key = newKey();
        append(key, value("one"));

        stored(b.put(key, value("put"), 0, 0));

        assertThat(read(key).dirty()).isFalse();
        assertThat(written(readOne(key.partition()))).isTrue();
        assertThat(textOf(key)).isEqualTo("put");
    }

    @Test
    void append_tooOldAVersion_changesNothing() {
        RemoteKey key = tombstone(5);
        long clock = clockOf(key);

        assertTooOld(journal(a).append(key, value("v4", 4), MANY, 0), 5);

        assertThat(kindOf(key)).isEqualTo(Kind.TOMBSTONE);
        assertThat(clockOf(key)).isEqualTo(clock);
        assertThat(readAll(key.partition())).isEmpty();
        append(key, value("v5", 5));
        assertThat(read(key).originVersion()).isEqualTo(5);
    }

    @Test
    void append_inQuarantine_isUndecidedAndChangesNothing() {
        RemoteKey key = newKey();
        long clock = await(a.quarantine(key, owner, LONG_MILLIS, 0));

        assertThat(await(journal(b).append(key, value("new"), MANY, 0))).isInstanceOf(StoreReply.Undecided.class);

        assertThat(kindOf(key)).isEqualTo(Kind.QUARANTINE);
        assertThat(clockOf(key)).isEqualTo(clock);
        assertThat(readAll(key.partition())).isEmpty();
        assertThat(stored(a.put(key, value("a"), owner, 0)).stamp()).isEqualTo(clock + 1);
    }

    @Test
    void quarantine_dirtyValue_failsAndChangesNothing() {
        RemoteKey key = newKey();
        append(key, value("new"));
        long clock = clockOf(key);

        assertThatThrownBy(() -> await(b.quarantine(key, owner, LONG_MILLIS, 0)))
                .hasCauseInstanceOf(DirtyValueException.class);

        assertThat(textOf(key)).isEqualTo("new");
        assertThat(clockOf(key)).isEqualTo(clock);
        written(readOne(key.partition()));
        await(b.quarantine(key, owner, LONG_MILLIS, 0));
        assertThat(kindOf(key)).isEqualTo(Kind.QUARANTINE);
    }

    StoreReply.Stored append(RemoteKey key, RemoteValue value) {
        return stored(journal(a).append(key, value, MANY, 0));
    }

    /** All that the journal of a partition holds, whose owner this test becomes. */
    List<JournalEntry> readAll(int partition) {
        assertThat(await(journal(a).own(partition, owner, LONG_MILLIS)).held()).isTrue();
        return await(journal(a).read(partition, owner, 0, 100));
    }

    JournalEntry readOne(int partition) {
        List<JournalEntry> entries = readAll(partition);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    boolean written(JournalEntry entry) {
        return written(List.of(entry));
    }

    boolean written(List<JournalEntry> entries) {
        int partition = a.partitionOf(entries.get(0).key());
        return await(journal(a).written(partition, owner, entries, 0));
    }

    boolean superseded(List<JournalEntry> entries, JournalEntry by) {
        return await(journal(a).superseded(a.partitionOf(by.key()), owner, entries, by));
    }

    static List<Long> ids(List<JournalEntry> entries) {
        return entries.stream().map(JournalEntry::id).toList();
    }

    /** The clock, as a key of the partition shows it that is leased. */
    long clockOf(RemoteKey key) {
        RemoteKey other = newKeyIn(key.partition());
        assertGranted(await(a.lease(other, newToken(), LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));
        return read(other).stamp();
    }

    static WriteJournal journal(RemoteCache cache) {
        return cache.journal().orElseThrow();
    }

    static String text(JournalEntry entry) {
        return new String(entry.payload(), StandardCharsets.UTF_8);
    }
}
