package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.RemoteKey;
import io.crema.spi.Repair;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What scripts publish, byte by byte. */
class PublishScriptTest extends ScriptTest {

    private BlockingQueue<byte[]> messages;

    @BeforeEach
    void subscribe() {
        messages = messages(key.partition());
    }

    @Test
    void writes_ofAKey_publishItOnce() throws Exception {
        long holder = 5;
        List<Long> stamps = new ArrayList<>();
        stamps.add(stored(cache.put(key, value("x"), 0, 0)).stamp());
        stamps.add(get(cache.invalidate(key.partition(), List.of(key), 0, 0)).stamp());
        stamps.add(stored(cache.putIfAbsent(key, value("x"), 0)).stamp());
        stamps.add(get(cache.quarantine(key, holder, 60_000, 0)));
        get(cache.put(key, value("refused"), 0, 0));
        stamps.add(clock());
        get(cache.put(key, value("refused"), holder, 0));
        stamps.add(clock());
        stamps.add(get(cache.endQuarantine(key, holder, 0)));

        for (long stamp : stamps) {
            assertMessage("d101", stamp, "0001" + "0002" + "7341");
        }
        assertThat(messages).isEmpty();
    }

    @Test
    void invalidateAndExpire_manyKeys_publishThemInOneMessage() throws Exception {
        RemoteKey other = key(cache, samePartition());
        RemoteKey empty = new RemoteKey(key.partition(), new byte[0]);
        List<RemoteKey> keys = List.of(other, key, empty);
        String named = "0003" + "000" + other.bytes().length + HexFormat.of().formatHex(other.bytes()) + "0002" + "7341"
                + "0000";

        long invalidated = get(cache.invalidate(key.partition(), keys, 0, 0)).stamp();
        long expired = get(cache.expire(key.partition(), keys, 0, 0)).stamp();
        long one = get(cache.expire(key.partition(), List.of(key), 0, 0)).stamp();

        assertMessage("d101", invalidated, named);
        assertMessage("d103", expired, named);
        assertMessage("d103", one, "0001" + "0002" + "7341");
    }

    @Test
    void clearAndRepair_publishNoKeys() throws Exception {
        long cleared = get(cache.clear(key.partition(), 0));
        long jumped = get(cache.repair(key.partition(), history(), Repair.KEEP, 0));
        get(cache.repair(key.partition(), history(), Repair.KEEP, 0));
        changeHistory();
        long jumpedAndCleared = get(cache.repair(key.partition(), history(), Repair.CLEAR, 0));
        get(cache.repair(key.partition(), history(), Repair.CLEAR, 0));

        assertMessage("d102", cleared, "0000");
        assertMessage("d104", jumped, "0000");
        assertMessage("d102", jumpedAndCleared, "0000");
        assertThat(messages).isEmpty();
    }

    @Test
    void whatChangesNothingForOthers_publishesNothing() throws Exception {
        lease(MINE);
        get(cache.fill(key, MINE, versioned("x", 10), 0));
        get(cache.put(key, versioned("older", 9), 0, 0));
        get(cache.putIfAbsent(key, value("y"), 0));
        lease(MINE);
        get(cache.release(key, MINE));
        long cleared = get(cache.clear(key.partition(), 0));
        assertMessage("d102", cleared, "0000");
    }

    @Test
    void invalidateTag_publishesTheTagInItsPartition() throws Exception {
        BlockingQueue<byte[]> tags = messages(cache.tagPartition());
        get(cache.tagVersions(List.of("\u00e4"), 1_000, 0));
        long stamp = get(cache.invalidateTag("\u00e4", 1, 0));
        assertMessage(tags, "d101", stamp, "0001" + "0002" + "c3a4");
        assertThat(messages).isEmpty();
    }

    private void assertMessage(String start, long stamp, String end) throws InterruptedException {
        assertMessage(messages, start, stamp, end);
    }

    private void assertMessage(BlockingQueue<byte[]> from, String start, long stamp, String end)
            throws InterruptedException {
        byte[] message = next(from);
        long micros = ByteBuffer.wrap(message).getLong(10);
        assertThat(micros).isBetween(serverMicros() - 60_000_000, serverMicros());
        assertThat(HexFormat.of().formatHex(message))
                .isEqualTo(start + String.format("%016x%016x", stamp, micros) + end);
    }
}
