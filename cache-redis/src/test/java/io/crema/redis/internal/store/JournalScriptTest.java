package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.redis.internal.wire.JournalFormat;
import io.crema.spi.DeadLetter;
import io.crema.spi.DirtyValueException;
import io.crema.spi.JournalEntry;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.WriteJournal;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of journals: the bytes that they leave, and what they do when Redis refuses a part of it. */
class JournalScriptTest extends ScriptTest {

    private static final long MANY = 1_000;

    private WriteJournal journal;
    private int partition;

    @BeforeEach
    void takeJournal() {
        journal = cache.journal().orElseThrow();
        partition = key.partition();
        own();
    }

    @Test
    void append_absentKey_storesTheseBytesWithoutATimeToLive() throws InterruptedException {
        RemoteValue value = RemoteValue.of(MINE, (byte) 0x85, bytes("hello"), 5_000, 70_000, 300);
        BlockingQueue<byte[]> messages = messages(partition);

        StoreReply.Stored stored = stored(journal.append(key, value, MANY, 0));

        long now = stored.loadedAt() + 300;
        ByteBuffer record = ByteBuffer.allocate(69)
                .put(hex("c1010004"))
                .putLong(stored.stamp())
                .putLong(MINE)
                .put(u48(stored.loadedAt()))
                .put(u48(now + 5_000))
                .put(u48(now + 70_000))
                .put(new byte[8 + 8 + 6])
                .put(hex("012c8500"))
                .put(bytes("hello"));
        assertThat(plain.get(name)).isEqualTo(record.array());
        assertThat(plain.pttl(name)).isEqualTo(-1);
        assertThat(clock()).isEqualTo(stored.stamp());
        List<StreamMessage<byte[], byte[]>> entries = plain.xrange(layout.journal(partition), Range.unbounded());
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).getId()).isEqualTo(stored.stamp() + "-0");
        assertThat(hexOf(entries.get(0).getBody()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "6b", hexOf(bytes("sA")),
                        "74", hexOf(bytes(Long.toString(now))),
                        "72", hexOf(record.array())));
        assertThat(next(messages)).startsWith(hex("d101")).endsWith(bytes("sA"));
    }

    @Test
    void append_overAValueWithATimeToLive_endsThat() {
        stored(cache.put(key, value("old"), 0, 0));
        append("new");
        assertThat(plain.pttl(name)).isEqualTo(-1);
    }

    @Test
    void append_null_isFlagged() {
        stored(journal.append(key, RemoteValue.ofNull(MINE, 5_000, 5_000, 0), MANY, 0));
        assertThat(plain.get(name)).hasSize(64).startsWith(hex("c1010005"));
    }

    @Test
    void append_streamAheadOfTheClock_setsTheClockPastIt() throws InterruptedException {
        long before = append("old").stamp();
        plain.set(layout.clock(partition), bytes("41"));
        BlockingQueue<byte[]> messages = messages(partition);

        long id = append("new").stamp();

        assertThat(id).isEqualTo(before + 1).isEqualTo(clock());
        assertThat(read().stamp()).isEqualTo(id);
        assertThat(readAll()).extracting(JournalEntry::id).containsExactly(before, id);
        assertThat(ByteBuffer.wrap(next(messages)).getLong(2)).isEqualTo(42);
        assertThat(ByteBuffer.wrap(next(messages)).getLong(2)).isEqualTo(id);
    }

    @Test
    void revive_streamAheadOfTheClock_setsTheClockPastIt() {
        append("x");
        long dead = readOne().id();
        get(journal.bury(partition, MINE, readAll(), 3, "why", 0));
        plain.set(layout.clock(partition), bytes("41"));

        assertThat(get(journal.revive(partition, dead, 0))).isTrue();

        assertThat(readOne().id()).isEqualTo(dead + 1).isEqualTo(clock());
        assertThat(read().stamp()).isEqualTo(dead + 1);
    }

    @Test
    void invalidateAndExpire_dirtyValue_setOneFlag() {
        append("x");
        byte[] doomed = plain.get(name);
        doomed[3] = 4 + 32;

        get(cache.expire(partition, List.of(key), 0, 0));
        assertThat(plain.get(name)).isEqualTo(doomed);
        get(cache.invalidate(partition, List.of(key), 0, 0));
        assertThat(plain.get(name)).isEqualTo(doomed);
        assertThat(plain.pttl(name)).isEqualTo(-1);
    }

    @Test
    void written_value_losesItsFlagAndGetsItsTimeToLive() {
        append("x");
        byte[] clean = plain.get(name);
        clean[3] = 0;
        JournalEntry entry = readOne();

        assertThat(get(journal.written(partition, MINE, List.of(entry), 0))).isTrue();

        assertThat(plain.get(name)).isEqualTo(clean);
        assertThat(plain.pttl(name)).isBetween(100_000L, 120_000L);
        assertThat(plain.xlen(layout.journal(partition))).isZero();
    }

    @Test
    void written_doomed_publishesOnlyWhatGoes() throws InterruptedException {
        RemoteKey other = key(cache, samePartition());
        append("x");
        stored(journal.append(other, value("y"), MANY, 0));
        get(cache.invalidate(partition, List.of(other), 0, 0));
        BlockingQueue<byte[]> messages = messages(partition);
        long clock = clock();

        get(journal.written(partition, MINE, readAll(), 0));

        byte[] message = next(messages);
        ByteBuffer fields = ByteBuffer.wrap(message);
        assertThat(message).startsWith(hex("d101")).endsWith(other.bytes());
        assertThat(fields.getLong(2)).isEqualTo(clock + 1);
        assertThat(fields.getShort(18)).isEqualTo((short) 1);
        assertThat(plain.exists(layout.entry(other))).isZero();
        assertThat(plain.exists(name)).isEqualTo(1);
    }

    @Test
    void own_keepsTheTokenWithATimeToLive() {
        assertThat(plain.get(layout.owner(partition))).isEqualTo(hex("8877665544332211"));
        assertThat(plain.pttl(layout.owner(partition))).isBetween(1L, 60_000L);
        get(journal.disown(partition, OTHERS));
        assertThat(plain.exists(layout.owner(partition))).isEqualTo(1);
        get(journal.disown(partition, MINE));
        assertThat(plain.exists(layout.owner(partition))).isZero();
    }

    @Test
    void bury_write_leavesTheseBytes() {
        StoreReply.Stored stored = append("x");
        byte[] record = plain.get(name);

        get(journal.bury(partition, MINE, readAll(), 3, "why", 0));

        byte[] letters = layout.deadLetters(partition);
        assertThat(plain.zcard(letters)).isEqualTo(1);
        byte[] letter = plain.zrange(letters, 0, 0).get(0);
        assertThat(plain.zscore(letters, letter)).isEqualTo((double) stored.stamp());
        ByteBuffer expected = ByteBuffer.allocate(6 + 4 + 6 + 2 + 3 + 2 + 2 + record.length)
                .put(Arrays.copyOf(letter, 6))
                .put(hex("00000003"))
                .put(u48(stored.loadedAt()))
                .put(hex("0003"))
                .put(bytes("why"))
                .put(hex("0002"))
                .put(bytes("sA"))
                .put(record);
        assertThat(letter).isEqualTo(expected.array());
        assertThat(ByteBuffer.wrap(letter).getLong() >>> 16).isBetween(serverMillis() - 10_000, serverMillis());
        assertThat(plain.hget(layout.revivable(partition), bytes("sA")))
                .asString()
                .isEqualTo(Long.toString(stored.stamp()));
        DeadLetter decoded = JournalFormat.deadLetter(stored.stamp(), letter, serverMillis());
        assertThat(decoded.reason()).isEqualTo("why");

        append("y");
        assertThat(plain.exists(layout.revivable(partition))).isZero();
    }

    @Test
    void revive_deadLetter_storesTheValueWithNewTimes() {
        StoreReply.Stored first = append("x");
        byte[] before = plain.get(name);
        get(journal.bury(partition, MINE, readAll(), 3, "why", 0));

        assertThat(get(journal.revive(partition, first.stamp(), 0))).isTrue();

        byte[] after = plain.get(name);
        assertThat(ByteBuffer.wrap(after).getLong(4)).isEqualTo(clock());
        assertThat(u48(after, 26) - u48(after, 20)).isEqualTo(60_000);
        assertThat(u48(after, 32) - u48(after, 20)).isEqualTo(120_000);
        assertThat(Arrays.copyOf(after, 4)).isEqualTo(Arrays.copyOf(before, 4));
        assertThat(Arrays.copyOfRange(after, 38, after.length))
                .isEqualTo(Arrays.copyOfRange(before, 38, before.length));
        assertThat(plain.pttl(name)).isEqualTo(-1);
        assertThat(plain.exists(layout.deadLetters(partition), layout.revivable(partition)))
                .isZero();
    }

    @Test
    void drop_deadLetter_leavesNothing() {
        append("x");
        get(journal.bury(partition, MINE, readAll(), 3, "why", 0));
        long id = get(journal.deadLetters(partition, 1)).get(0).entry().id();

        assertThat(get(journal.drop(partition, id))).isTrue();

        assertThat(plain.exists(layout.deadLetters(partition), layout.revivable(partition)))
                .isZero();
    }

    @Test
    void journal_memoryFull_isEmptiedButTakesNoMore() {
        RemoteKey buried = key(cache, samePartition());
        RemoteKey doomed = new RemoteKey(partition, bytes("doomed"));
        stored(journal.append(key, value("x"), MANY, 0));
        stored(journal.append(buried, value("y"), MANY, 0));
        stored(journal.append(doomed, versioned("z", 5), MANY, 0));
        byte[] before = plain.get(name);
        long clock = clock();
        fillMemory();

        assertThatThrownBy(() -> append("more")).hasMessageContaining("OOM");
        assertThat(clock()).isEqualTo(clock);
        assertThat(plain.get(name)).isEqualTo(before);
        assertThat(plain.xlen(layout.journal(partition))).isEqualTo(3);

        get(cache.invalidate(partition, List.of(doomed), 0, 0));
        own();
        get(journal.members(MINE, 60_000));
        List<JournalEntry> all = readAll();
        assertThat(get(journal.bury(partition, MINE, List.of(all.get(1)), 1, "why", 0)))
                .isTrue();
        assertThat(get(journal.written(partition, MINE, List.of(all.get(0), all.get(2)), 0)))
                .isTrue();

        assertThat(plain.xlen(layout.journal(partition))).isZero();
        assertThat(read().dirty()).isFalse();
        assertThat(plain.exists(layout.entry(buried))).isZero();
        assertThat(plain.get(layout.entry(doomed))).startsWith(hex("c104"));
        assertThat(get(journal.deadLetters(partition, 9))).hasSize(1);
        assertThatThrownBy(() -> get(journal.revive(partition, all.get(1).id(), 0)))
                .hasMessageContaining("OOM");
        assertThat(get(journal.drop(partition, all.get(1).id()))).isTrue();
    }

    @Test
    void written_memoryFullAndNothingGoes_isExecuted() {
        append("x");
        List<JournalEntry> all = readAll();
        fillMemory();

        assertThat(get(journal.written(partition, MINE, all, 0))).isTrue();

        assertThat(read().dirty()).isFalse();
        assertThat(plain.pttl(name)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-publish &*", "+publish resetchannels"})
    void writes_userMustNotPublish_changeNothing(String rule) {
        StoreReply.Stored first = append("x");
        get(cache.invalidate(partition, List.of(key), 0, 0));
        List<JournalEntry> all = readAll();
        byte[] before = plain.get(name);
        WriteJournal refused = as(rule).journal().orElseThrow();

        assertThatThrownBy(() -> get(refused.append(key, value("more"), MANY, 0)))
                .isNotNull();
        assertThatThrownBy(() -> get(refused.written(partition, MINE, all, 0))).isNotNull();
        assertThatThrownBy(() -> get(refused.bury(partition, MINE, all, 1, "why", 0)))
                .isNotNull();

        assertThat(plain.get(name)).isEqualTo(before);
        assertThat(readAll()).extracting(JournalEntry::id).containsExactly(first.stamp());
        assertThat(plain.exists(layout.deadLetters(partition))).isZero();
    }

    /** What a user needs besides what every cache does. */
    @Test
    void journal_userWithTheseCommands_isServed() {
        String needed = String.join(" ", Grants.all("crema", 0, Delivery.ONE_PRIMARY))
                + " +xadd +xlen +xrange +xdel +xinfo +zadd +zrem +zcard +zrange +zrangebyscore +zremrangebyscore"
                + " +hget +hset +hdel";
        WriteJournal allowed = as("-@all resetkeys " + needed).journal().orElseThrow();

        stored(allowed.append(key, value("one"), MANY, 0));
        stored(allowed.append(key, value("two"), MANY, 0));
        assertThat(get(allowed.own(partition, MINE, 60_000)).held()).isTrue();
        List<JournalEntry> all = get(allowed.read(partition, MINE, 0, 9));
        assertThat(get(allowed.written(partition, MINE, all.subList(0, 1), 0))).isTrue();
        assertThat(get(allowed.bury(partition, MINE, all.subList(1, 2), 1, "why", 0)))
                .isTrue();
        assertThat(get(allowed.deadLetters(partition, 9))).hasSize(1);
        assertThat(get(allowed.revive(partition, all.get(1).id(), 0))).isTrue();
        List<JournalEntry> again = get(allowed.read(partition, MINE, 0, 9));
        assertThat(get(allowed.bury(partition, MINE, again, 1, "why", 0))).isTrue();
        assertThat(get(allowed.drop(partition, again.get(0).id()))).isTrue();
        plain.set(layout.clock(partition), "1".getBytes(StandardCharsets.US_ASCII));
        assertThat(stored(allowed.append(key, value("the clock went back"), MANY, 0))
                        .stamp())
                .isGreaterThan(again.get(0).id());
        assertThat(get(allowed.members(MINE, 60_000))).containsExactly(MINE);
        get(allowed.leave(MINE));
        get(allowed.disown(partition, MINE));
        assertThat(plain.exists(layout.owner(partition), layout.members())).isZero();
    }

    @Test
    void quarantine_dirtyValue_saysWhyItFails() {
        append("x");
        assertThatThrownBy(() -> get(cache.quarantine(key, 5, 60_000, 0)))
                .hasCauseInstanceOf(DirtyValueException.class)
                .hasMessageContaining("products")
                .hasMessageContaining("still to be made in the origin");
    }

    @Test
    void append_quarantine_saysWhyItIsUndecided() {
        get(cache.quarantine(key, 5, 60_000, 0));
        assertThat(get(journal.append(key, value("x"), MANY, 0)))
                .isInstanceOfSatisfying(
                        StoreReply.Undecided.class,
                        undecided -> assertThat(undecided.reason()).contains("cannot be written now"));
        assertThat(plain.exists(layout.journal(partition))).isZero();
    }

    /** Adds an entry as another version might; ids below those of the clock. */
    private void plant(long id, String... fields) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .addKey(layout.journal(partition))
                .add(id + "-0");
        for (String each : fields) {
            args.add(each);
        }
        plain.dispatch(CommandType.XADD, new StatusOutput<>(ByteArrayCodec.INSTANCE), args);
    }

    @Test
    void read_writesOfAnotherVersionOrDamaged_areUnreadableAmongTheOthers() {
        plant(3, "one", "field");
        plant(7, "k", "sA", "t", "1", "r", "foreign");
        plant(8, "k", "sA", "t", "1", "z", "another field");
        plant(9, "x", "y", "t", "1", "r", "another");
        long id = append("ours").stamp();

        assertThat(get(journal.own(partition, MINE, 60_000)).entries()).isEqualTo(5);
        List<JournalEntry> all = readAll();

        assertThat(all).extracting(JournalEntry::id).containsExactly(3L, 7L, 8L, 9L, id);
        assertThat(all).extracting(JournalEntry::readable).containsExactly(false, false, false, false, true);
        assertThat(all.get(0).key()).isEmpty();
        assertThat(all.get(1).key()).isEqualTo(bytes("sA"));
        assertThat(all.get(2).key()).isEqualTo(bytes("sA"));
        assertThat(get(journal.written(partition, MINE, all, 0))).isTrue();
        assertThat(readAll()).isEmpty();
        assertThat(read().dirty()).isFalse();
    }

    @Test
    void read_largeWrites_comeInParts() {
        String large = "x".repeat(40_000);
        for (int i = 0; i < 100; i++) {
            append(large);
        }

        List<JournalEntry> first = get(journal.read(partition, MINE, 0, 100));

        assertThat(first).hasSizeBetween(1, 99);
        int read = 0;
        long after = 0;
        for (List<JournalEntry> part = first; !part.isEmpty(); part = get(journal.read(partition, MINE, after, 100))) {
            read += part.size();
            after = part.get(part.size() - 1).id();
        }
        assertThat(read).isEqualTo(100);
        assertThat(get(journal.read(partition, MINE, 0, 3))).hasSize(3);
    }

    @Test
    void deadLetters_ofAnotherVersionOrDamaged_areListedAndCanBeDroppedOnly() {
        append("x");
        long id = readOne().id();
        get(journal.bury(partition, MINE, readAll(), 3, "why", 0));
        byte[] letter = plain.zrange(layout.deadLetters(partition), 0, 0).get(0);
        byte[] foreign = letter.clone();
        foreign[letter.length - "x".length() - 64] = (byte) 0xc2;
        plain.del(layout.deadLetters(partition));
        plain.zadd(layout.deadLetters(partition), (double) id, foreign);
        plain.zadd(layout.deadLetters(partition), 5, bytes("damaged"));

        List<DeadLetter> letters = get(journal.deadLetters(partition, 9));

        assertThat(letters).hasSize(2).noneMatch(each -> each.entry().readable());
        assertThat(letters.get(0).reason()).contains("damaged");
        assertThat(letters.get(1).entry().key()).isEqualTo(bytes("sA"));
        assertThat(letters.get(1).reason()).isEqualTo("why");
        assertThatThrownBy(() -> get(journal.revive(partition, id, 0)))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be put back");
        assertThat(plain.zcard(layout.deadLetters(partition))).isEqualTo(2);
        assertThat(get(journal.drop(partition, id))).isTrue();
        assertThat(get(journal.drop(partition, 5))).isTrue();
        assertThat(get(journal.deadLetters(partition, 9))).isEmpty();
    }

    @Test
    void append_unknownRecord_isReplaced() {
        plain.set(name, bytes("foreign"));
        append("ours");
        assertThat(text(read().payload())).isEqualTo("ours");
        assertThat(read().kind()).isEqualTo(Kind.VALUE);
    }

    private StoreReply.Stored append(String text) {
        return stored(journal.append(key, value(text), MANY, 0));
    }

    private void own() {
        assertThat(get(journal.own(partition, MINE, 60_000)).held()).isTrue();
    }

    private List<JournalEntry> readAll() {
        return get(journal.read(partition, MINE, 0, 100));
    }

    private JournalEntry readOne() {
        List<JournalEntry> all = readAll();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private static Map<String, String> hexOf(Map<byte[], byte[]> fields) {
        return fields.entrySet().stream()
                .collect(Collectors.toMap(each -> hexOf(each.getKey()), each -> hexOf(each.getValue())));
    }

    private static String hexOf(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
