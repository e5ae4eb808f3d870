package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheException;
import io.crema.CacheWriter;
import io.crema.DeadLetter;
import io.crema.LoadingTieredCache;
import io.crema.PartialWriteException;
import io.crema.WriteContext;
import io.crema.event.CacheEvent.WriteFailed;
import io.crema.event.CacheEvent.WriteGivenUp;
import io.crema.event.CacheEvent.WriteUnreadable;
import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import io.crema.scenario.Fleet.Node;
import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import io.crema.testkit.Operation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong with writes behind the caller, and that it is told, loses nothing, and holds up nobody else. */
@Timeout(60)
class WriteBehindTroubleTest {

    private static final WritePolicy.Behind POLICY = WritePolicy.behind()
            .retry(Backoff.every(Duration.ofMillis(100)), 3)
            .lease(Duration.ofSeconds(1))
            .timeout(Duration.ofSeconds(1))
            .drain(Duration.ofMillis(300));

    /** In one partition everything shares a batch. */
    private final Fleet fleet = new Fleet(1);

    private final Table table = new Table();
    private final Heard heard = new Heard();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger("io.crema.texts");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void close() {
        table.before(key -> {});
        fleet.close();
        logger.removeHandler(handler);
    }

    /** A writer that is told of many keys at once. */
    private interface Batches extends CacheWriter<String, String> {

        @Override
        default void write(String key, String value, WriteContext context) throws Exception {
            writeAll(Map.of(key, value), context);
        }

        @Override
        default void delete(String key, WriteContext context) {}

        @Override
        void writeAll(Map<String, String> values, WriteContext context) throws Exception;
    }

    /** The codec of a version that cannot read what begins with "new". */
    private static final class OldCodec implements Codec<String> {

        private final TextCodec codec = new TextCodec();

        @Override
        public byte id() {
            return codec.id();
        }

        @Override
        public byte[] encode(String value, int maxBytes) {
            return codec.encode(value, maxBytes);
        }

        @Override
        public String decode(ByteBuffer bytes) {
            String text = codec.decode(bytes);
            if (text.startsWith("new")) {
                throw new CodecException("an unknown class");
            }
            return text;
        }
    }

    private LoadingTieredCache<String, String> behind(
            Node node, CacheWriter<String, String> writer, WritePolicy.Behind policy) {
        return Fleet.texts(node)
                .writer(writer)
                .writePolicy(policy)
                .listener(heard)
                .build(table::read);
    }

    private LoadingTieredCache<String, String> behind(Node node) {
        return behind(node, table, POLICY);
    }

    private void passUntil(Callable<Boolean> condition) {
        Waiting.until(condition, () -> fleet.pass(Duration.ofMillis(20)));
    }

    private void makeUnreadable(String key) {
        byte[] name = ("s" + key).getBytes(StandardCharsets.UTF_8);
        fleet.server.makeUnreadable("texts", 0, name);
    }

    private static List<DeadLetter<String, String>> deadLetters(LoadingTieredCache<String, String> cache) {
        return cache.writeBehind().deadLetters(100).join();
    }

    // What cannot be read

    @Test
    void writeOfAnotherVersion_isTold_staysAndHoldsUpItsKeyAlone() {
        LoadingTieredCache<String, String> here = behind(fleet.bare());
        here.put("k", "v1");
        makeUnreadable("k");
        here.put("other", "v");

        passUntil(() -> "v".equals(table.read("other")));
        passUntil(() -> !heard.only(WriteUnreadable.class::isInstance).isEmpty());
        passUntil(() -> here.writeBehind().lag().toSeconds() >= 5);

        assertThat(table.read("k")).isNull();
        assertThat(here.get("k")).isEqualTo("v1");
        assertThat(here.stats().undecodable()).isPositive();
        assertThat(here.writeBehind().pending()).isEqualTo(1);
        assertThat(heard.only(WriteUnreadable.class::isInstance)).hasSize(1);
        assertThat(lines)
                .anySatisfy(line -> assertThat(line)
                        .contains("'texts'", "partition 0", "cannot read", "1 keys, the first write is"));

        here.put("k", "v2");
        passUntil(() -> "v2".equals(table.read("k")));
        passUntil(() -> here.writeBehind().pending() == 0);
        assertThat(deadLetters(here)).isEmpty();
    }

    @Test
    void writeOfAnotherVersion_withoutCoalescing_laterOnesOfItsKeyWait() {
        LoadingTieredCache<String, String> here = behind(fleet.bare(), table, POLICY.withoutCoalescing());
        here.put("k", "v1");
        makeUnreadable("k");
        here.put("k", "v2");
        here.put("other", "v");

        passUntil(() -> "v".equals(table.read("other")));
        passUntil(() -> here.writeBehind().lag().toSeconds() >= 5);

        assertThat(table.calls).extracting(Table.Call::key).containsOnly("other");
        assertThat(here.writeBehind().pending()).isEqualTo(2);
    }

    @Test
    void valueThatOnlyAnotherInstanceCanDecode_isWrittenByThatOne() {
        Node old = fleet.bare();
        LoadingTieredCache<String, String> there = behind(fleet.bare());
        LoadingTieredCache<String, String> here = Fleet.texts(old)
                .codec(new OldCodec())
                .writer(table)
                .writePolicy(POLICY)
                .build(table::read);
        // Whichever has the partition: the old one gets it once the other one has gone, or has it already.
        for (int i = 0; i < 8; i++) {
            there.put("k" + i, "new " + i);
        }

        passUntil(() -> IntStream.range(0, 8).allMatch(i -> ("new " + i).equals(table.read("k" + i))));

        assertThat(here.stats().writesGivenUp() + there.stats().writesGivenUp()).isZero();
        assertThat(deadLetters(there)).isEmpty();
        here.put("k0", "old");
        passUntil(() -> "old".equals(table.read("k0")));
    }

    @Test
    void valueThatNobodyCanDecode_isADeadLetterThatSaysSo() {
        LoadingTieredCache<String, String> here = behind(fleet.bare());
        LoadingTieredCache<String, String> there = behind(fleet.bare());
        here.put("k", "?v");
        here.put("other", "v");

        passUntil(() -> deadLetters(here).size() == 1);

        assertThat(table.read("other")).isEqualTo("v");
        DeadLetter<String, String> letter = deadLetters(there).get(0);
        assertThat(letter.key()).isEqualTo("k");
        assertThat(letter.value()).isNull();
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.reason()).contains("must not start with ?", "cannot be read here");
        assertThat(there.writeBehind().drop(letter).join()).isTrue();
        assertThat(deadLetters(here)).isEmpty();
    }

    @Test
    void deadLetterOfAnotherVersion_isListedAndCanBeDroppedOnly() {
        LoadingTieredCache<String, String> here = behind(fleet.bare());
        table.before(key -> {
            throw new IllegalStateException("poison");
        });
        here.put("k", "v");
        here.put("other", "v");
        passUntil(() -> deadLetters(here).size() == 2);
        makeUnreadable("k");

        DeadLetter<String, String> letter = deadLetters(here).stream()
                .filter(each -> each.key().equals("k"))
                .findFirst()
                .orElseThrow();

        assertThat(deadLetters(here)).hasSize(2);
        assertThat(letter.value()).isNull();
        assertThat(letter.reason()).contains("poison", "another version");
        assertThatThrownBy(() -> here.writeBehind().retry(letter).join()).hasCauseInstanceOf(CacheException.class);
        assertThat(here.writeBehind().drop(letter).join()).isTrue();
        assertThat(deadLetters(here)).hasSize(1);
    }

    // What the writer does

    @Test
    void writerFails_listenersAreToldOfEachAttempt() {
        LoadingTieredCache<String, String> here = behind(fleet.bare());
        IllegalStateException poison = new IllegalStateException("poison");
        table.before(key -> {
            throw poison;
        });
        here.put("k", "v");

        passUntil(() -> !heard.only(WriteGivenUp.class::isInstance).isEmpty());

        assertThat(heard.only(WriteFailed.class::isInstance))
                .containsExactly(
                        new WriteFailed("texts", "k", 1, poison),
                        new WriteFailed("texts", "k", 2, poison),
                        new WriteFailed("texts", "k", 3, poison));
    }

    @Test
    void batchFailsForOnePoisonKey_allOthersAreWrittenAndItAloneIsGivenUp() {
        Map<String, String> rows = new ConcurrentHashMap<>();
        Batches writer = (values, context) -> {
            if (values.containsKey("poison")) {
                throw new IllegalStateException("one of " + values.size());
            }
            rows.putAll(values);
        };
        for (int attempts : List.of(1, 3)) {
            rows.clear();
            Node node = fleet.bare();
            LoadingTieredCache<String, String> here =
                    behind(node, writer, POLICY.retry(Backoff.every(Duration.ofMillis(100)), attempts));
            for (int i = 0; i < 50; i++) {
                here.put(i == 20 ? "poison" : "k" + i, "v");
            }

            passUntil(() -> rows.size() == 49 && here.stats().writesGivenUp() == 1);

            assertThat(deadLetters(here)).singleElement().satisfies(letter -> {
                assertThat(letter.key()).isEqualTo("poison");
                assertThat(letter.reason()).contains("one of 1");
            });
            here.writeBehind().drop(deadLetters(here).get(0)).join();
            node.crema().close();
        }
    }

    @Test
    void halfOfABatchFails_thatIsTriedAgainAndTheOthersAreDone() {
        Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
        AtomicBoolean failing = new AtomicBoolean(true);
        Batches writer = (values, context) -> {
            values.keySet()
                    .forEach(key -> tries.computeIfAbsent(key, name -> new AtomicInteger())
                            .incrementAndGet());
            if (values.size() > 1 && failing.getAndSet(false)) {
                throw new PartialWriteException(List.of("k1", "k3", "not in the batch"), new IllegalStateException());
            }
        };
        LoadingTieredCache<String, String> here = behind(fleet.bare(), writer, POLICY);
        here.putAll(Map.of("k0", "v", "k1", "v", "k2", "v", "k3", "v"));

        passUntil(() -> tries.size() == 4
                && tries.get("k1").get() == 2
                && tries.get("k3").get() == 2);
        passUntil(() -> here.writeBehind().pending() == 0);

        assertThat(tries.get("k0")).hasValue(1);
        assertThat(tries.get("k2")).hasValue(1);
        assertThat(here.stats().writeFailures()).isEqualTo(2);
    }

    @Test
    void partOfABatchFailsThatWasNotInIt_nothingCountsAsWritten() {
        Set<String> written = ConcurrentHashMap.newKeySet();
        AtomicBoolean failing = new AtomicBoolean(true);
        Batches writer = (values, context) -> {
            if (values.size() == 2 && failing.getAndSet(false)) {
                throw new PartialWriteException(List.of("another"), null);
            }
            written.addAll(values.keySet());
        };
        LoadingTieredCache<String, String> here = behind(fleet.bare(), writer, POLICY);
        here.putAll(Map.of("k0", "v", "k1", "v"));

        passUntil(() -> written.size() == 2);

        assertThat(here.stats().writeFailures()).isEqualTo(2);
    }

    @Test
    void errorInARound_endsItAndTheNextOneBeginsAnew() {
        AtomicBoolean failing = new AtomicBoolean(true);
        TextCodec codec = new TextCodec() {
            @Override
            public String decode(ByteBuffer bytes) {
                if (failing.getAndSet(false)) {
                    throw new AssertionError("a bug");
                }
                return super.decode(bytes);
            }
        };
        LoadingTieredCache<String, String> here = Fleet.texts(fleet.bare())
                .codec(codec)
                .writer(table)
                .writePolicy(POLICY.flushers(1))
                .build(table::read);
        here.put("k", "v");

        passUntil(() -> "v".equals(table.read("k")));

        assertThat(failing).isFalse();
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("'texts'", "partition 0", "a bug"));
    }

    // A writer that hangs

    /** A writer that can be made to hang, whatever interrupts it. */
    private static final class Hanging implements Batches {

        private final Map<String, String> rows = new ConcurrentHashMap<>();
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile boolean hangs;
        private volatile boolean hung;

        @Override
        public void writeAll(Map<String, String> values, WriteContext context) {
            boolean interrupted = false;
            while (hangs && end.getCount() > 0) {
                hung = true;
                try {
                    end.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            rows.putAll(values);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void writerHangs_itsPartitionIsLeftToAnotherInstance() {
        Hanging writer = new Hanging();
        Map<String, String> rows = new ConcurrentHashMap<>();
        LoadingTieredCache<String, String> here = behind(fleet.bare(), writer, POLICY.flushers(1));
        writer.hangs = true;
        here.put("k", "v");
        passUntil(() -> writer.hung);
        Batches able = (values, context) -> rows.putAll(values);
        LoadingTieredCache<String, String> there = behind(fleet.bare(), able, POLICY);

        passUntil(() -> "v".equals(rows.get("k")));

        passUntil(() -> lines.stream().anyMatch(line -> line.contains("hangs")));
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("'texts'", "hangs", "partition 0"));
        assertThat(writer.rows).isEmpty();
        writer.end.countDown();
        here.put("later", "v");
        passUntil(() -> rows.containsKey("later") || writer.rows.containsKey("later"));
        assertThat(deadLetters(there)).isEmpty();
    }

    @Test
    void writerHangsInTheOnlyInstance_lagGrowsUntilItEnds() {
        Hanging writer = new Hanging();
        LoadingTieredCache<String, String> here = behind(fleet.bare(), writer, POLICY);
        writer.hangs = true;
        here.put("k", "v");

        passUntil(() -> here.writeBehind().lag().toSeconds() >= 8);

        assertThat(here.writeBehind().pending()).isEqualTo(1);
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("calls of the writer hang", "1 of 4"));
        writer.end.countDown();
        passUntil(() -> here.writeBehind().pending() == 0 && "v".equals(writer.rows.get("k")));
    }

    // The remote tier

    @Test
    void aliveInstancesCannotBeFound_whatIsOwnedIsKept() {
        Node a = fleet.bare();
        LoadingTieredCache<String, String> here = behind(a);
        here.put("k", "v1");
        passUntil(() -> "v1".equals(table.read("k")));
        a.remote().fail(Operation.MEMBERS);
        fleet.pass(Duration.ofSeconds(10));

        here.put("k", "v2");

        passUntil(() -> "v2".equals(table.read("k")));
    }

    // The end

    @Test
    void close_beforeAnythingWasOwned_saysHowManyWritesAreLeft() {
        Node a = fleet.bare();
        a.remote().fail(Operation.MEMBERS);
        LoadingTieredCache<String, String> here = behind(a);
        for (int i = 0; i < 3; i++) {
            here.put("k" + i, "v");
        }

        a.crema().close();

        assertThat(table.calls).isEmpty();
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("'texts'", "closed before 3 writes"));
    }

    @Test
    void close_afterAllWasWritten_saysNothing() {
        Node a = fleet.bare();
        LoadingTieredCache<String, String> here = behind(a);
        here.put("k", "v");
        passUntil(() -> here.writeBehind().pending() == 1 || table.read("k") != null);

        a.crema().close();

        assertThat(table.read("k")).isEqualTo("v");
        assertThat(lines).noneMatch(line -> line.contains("closed before"));
    }

    @Test
    void close_onlyWhatCannotBeReadIsLeft_waitsForNothing() {
        Node a = fleet.bare();
        LoadingTieredCache<String, String> here = behind(a, table, POLICY.drain(Duration.ofHours(1)));
        here.put("k", "v");
        makeUnreadable("k");
        passUntil(() -> !heard.only(WriteUnreadable.class::isInstance).isEmpty());

        a.crema().close();

        assertThat(lines).anySatisfy(line -> assertThat(line).contains("closed before 1 writes"));
    }

    @Test
    void close_whileAPutWaitsForRoom_endsIt() {
        Node a = fleet.bare();
        table.before(key -> {
            throw new IllegalStateException("down");
        });
        LoadingTieredCache<String, String> here = behind(
                a,
                table,
                POLICY.retry(Backoff.every(Duration.ofMinutes(1)), 100).journal(1, Duration.ofHours(1)));
        here.put("k", "v1");
        CompletableFuture<Void> waits = here.async().put("k", "v2");
        fleet.pass(Duration.ofSeconds(1));
        assertThat(waits).isNotDone();

        a.crema().close();

        assertThatThrownBy(() -> Waiting.forResult(waits)).isInstanceOf(CacheException.class);
    }
}
