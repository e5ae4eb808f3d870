package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Tier;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.Operation;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The history changes while the connection lives on, as behind a proxy that follows a failover. */
@ParameterizedClass
@EnumSource(Style.class)
class ChangingHistoryTest {

    private final Fleet fleet = new Fleet(1);
    private final Node node = fleet.node();
    private final Caller<String> a;
    private final Caller<String> b;

    ChangingHistoryTest(Style style) {
        a = style.caller(node);
        b = style.caller(fleet.node());
    }

    @BeforeEach
    void nearEntry() {
        // The first write of a partition starts its clock, which looks like a gap.
        b.put("first", "").await();
        b.put("k", "v1").await();
        assertThat(a.read("k")).isEqualTo("v1");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void r45_sameClockInAnotherHistory_isFoundByTheHeartbeat() {
        fleet.server.changeHistories();

        // One heartbeat names the other history, the next one has the clocks compared.
        fleet.pass(Duration.ofSeconds(1));

        assertThat(node.remote().executed(Operation.REPAIR))
                .as("the partition and that of the tags")
                .isEqualTo(2);
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        fleet.pass(Duration.ofSeconds(5));
        assertThat(a.tier("k")).as("leased again").isEqualTo(Tier.NEAR);
    }
}
