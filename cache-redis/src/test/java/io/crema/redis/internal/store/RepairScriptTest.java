package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.LeaseReply;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The script of repair. */
class RepairScriptTest extends ScriptTest {

    @Test
    void repair_newHistory_jumpsAndClearsOnce() {
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        long ahead = stamp + 5_000_000;

        get(cache.repair(key.partition(), history(), Repair.CLEAR, ahead));

        long clock = clock();
        assertThat(clock).isGreaterThanOrEqualTo(ahead + 1_048_576);
        assertThat(number(layout.floor(key.partition()))).isEqualTo(clock);
        assertThat(plain.get(layout.epoch(key.partition()))).asString().isEqualTo(clock + " " + history());

        get(cache.repair(key.partition(), history(), Repair.CLEAR, clock));
        assertThat(clock()).isEqualTo(clock);
        get(cache.repair(key.partition(), history(), Repair.CLEAR, clock + 1));
        assertThat(clock()).isEqualTo(clock + 1 + 1_048_576);
        changeHistory();
        get(cache.repair(key.partition(), history(), Repair.CLEAR, 0));
        assertThat(clock()).isGreaterThan(clock + 1 + 1_048_576);
    }

    @Test
    void repair_serverOfAnotherHistory_failsAndChangesNothing() {
        int partition = key.partition();
        stored(cache.put(key, value("x"), 0, 0));
        long clock = clock();
        String before = history();
        changeHistory();

        assertThatThrownBy(() -> get(cache.repair(partition, before, Repair.CLEAR, 0)))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("products")
                .hasMessageContaining("another history");

        assertThat(clock()).isEqualTo(clock);
        assertThat(plain.exists(layout.floor(partition), layout.epoch(partition)))
                .isZero();
    }

    @Test
    void repair_termsLost_setsThemAgainOrRefusesOthers() {
        byte[] meta = KeyLayout.meta("crema", "products");
        byte[] terms = plain.get(meta);
        plain.flushall();
        get(cache.repair(0, history(), Repair.CLEAR, 0));
        assertThat(plain.get(meta)).isEqualTo(terms);

        plain.set(meta, bytes(new String(terms, StandardCharsets.UTF_8).replace("partitions=16", "partitions=8")));
        assertThatThrownBy(() -> get(cache.repair(0, history(), Repair.CLEAR, 0)))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("8")
                .hasMessageContaining("16 partitions");
    }

    @Test
    void scriptFlush_atAnyTime_isSurvived() {
        plain.scriptFlush();
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        plain.scriptFlush();
        assertThat(get(cache.invalidate(key.partition(), List.of(key), 0, 0)).stamp())
                .isEqualTo(stamp + 1);
        plain.scriptFlush();
        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);
        plain.scriptFlush();
        assertThat(get(cache.fill(key, MINE, value("y"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void repair_keep_leavesTheFloorAndReturnsTheClockOfThatMove() {
        int partition = key.partition();
        long floor = get(cache.clear(partition, 0));
        stored(cache.put(key, value("x"), 0, 0));

        long epoch = get(cache.repair(partition, history(), Repair.KEEP, 0));

        assertThat(epoch).isEqualTo(clock()).isGreaterThanOrEqualTo(floor + 1 + 1_048_576);
        assertThat(number(layout.floor(partition))).isEqualTo(floor);
        assertThat(plain.get(layout.epoch(partition))).asString().isEqualTo(epoch + " " + history());
        stored(cache.put(key, value("y"), 0, 0));
        assertThat(get(cache.repair(partition, history(), Repair.KEEP, 0))).isEqualTo(epoch);
    }

    @Test
    void repair_clearAfterKeepOfOneHistory_stillClearsOnce() {
        int partition = key.partition();
        long kept = get(cache.repair(partition, history(), Repair.KEEP, 0));

        long cleared = get(cache.repair(partition, history(), Repair.CLEAR, 0));

        assertThat(cleared).isEqualTo(kept + 1).isEqualTo(clock());
        assertThat(number(layout.floor(partition))).isEqualTo(cleared);
        assertThat(get(cache.repair(partition, history(), Repair.CLEAR, 0))).isEqualTo(cleared);
        assertThat(get(cache.repair(partition, history(), Repair.KEEP, 0))).isEqualTo(cleared);
        assertThat(clock()).isEqualTo(cleared);
    }

    @Test
    void repair_clockLostInOneHistory_movesIt() {
        long epoch = get(cache.repair(key.partition(), history(), Repair.KEEP, 0));
        plain.del(layout.clock(key.partition()));
        assertThat(get(cache.repair(key.partition(), history(), Repair.KEEP, 0)))
                .isEqualTo(clock())
                .isNotEqualTo(epoch);
    }
}
