package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crema.CacheException;
import io.crema.LoadingTieredCache;
import io.crema.PartialWriteException;
import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A fleet that moves from one write policy to another: instances of both write the same keys. */
@Timeout(60)
class MixedWritersTest {

    private static final WritePolicy.Behind POLICY = WritePolicy.behind()
            .retry(Backoff.every(Duration.ofMillis(300)), 1_000)
            .drain(Duration.ofMillis(300));

    private final Fleet fleet = new Fleet(1);
    private final Table table = new Table();
    private final LoadingTieredCache<String, String> behind = with(POLICY);
    private final LoadingTieredCache<String, String> through = with(WritePolicy.through());

    private LoadingTieredCache<String, String> with(WritePolicy policy) {
        return Fleet.texts(fleet.bare()).writer(table).writePolicy(policy).build(table::read);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void written(String key, String value) {
        Waiting.until(
                () -> value.equals(table.read(key)) && fleet.server.executed(Operation.WRITTEN) > 0,
                () -> fleet.pass(Duration.ofMillis(20)));
    }

    @Test
    void through_keyStillInTheJournal_isRefusedBeforeTheOriginIsTold() {
        behind.put("k", "v1");

        assertThatThrownBy(() -> through.put("k", "v2"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("nothing has changed");
        assertThatThrownBy(() -> through.delete("k")).isInstanceOf(CacheException.class);

        assertThat(table.calls).isEmpty();
        assertThat(through.get("k")).isEqualTo("v1");
        written("k", "v1");
        through.put("k", "v2");
        fleet.pass(Duration.ofSeconds(5));
        assertThat(table.read("k")).isEqualTo("v2");
        assertThat(behind.get("k")).isEqualTo("v2");
    }

    @Test
    void throughOfMany_someStillInTheJournal_onlyTheseAreRefused() {
        behind.put("k", "v1");

        PartialWriteException failure = catchThrowableOfType(
                PartialWriteException.class, () -> through.putAll(Map.of("k", "v2", "other", "v2")));

        assertThat(failure.failedKeys()).containsExactly("k");
        assertThat(table.read("other")).isEqualTo("v2");
        assertThat(through.get("other")).isEqualTo("v2");
        written("k", "v1");
        fleet.pass(Duration.ofSeconds(5));
        assertThat(table.read("k")).isEqualTo("v1");
    }
}
