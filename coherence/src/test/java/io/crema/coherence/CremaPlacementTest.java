package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.coherence.SubjectProvider.TopologyKind;
import io.crema.testkit.EmbeddedCluster;
import io.crema.testkit.EmbeddedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CremaPlacementTest {

    private final CremaPlacement placement = new CremaPlacement();

    @Test
    void keysIn_whatTheCacheStores_isInThoseSlotsOnly() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                Subject subject = new CremaSubjects()
                        .open(
                                CremaSubjects.DEFAULT,
                                new Setting(
                                        "one",
                                        TopologyKind.STANDALONE,
                                        List.of(redis.uri()),
                                        Map.of(),
                                        Duration.ofSeconds(2),
                                        key -> 1));
                Admin admin = new Admin()) {
            for (int number = 0; number < 20; number++) {
                Key key = new Key(number);
                List<String> before = admin.ask(redis, commands -> commands.keys("*}k:*"));
                subject.read(key);
                List<String> stored = admin.ask(redis, commands -> commands.keys("*}k:*"));
                stored.removeAll(before);
                stored.removeIf(name -> name.contains(":t:0}"));

                assertThat(stored).hasSize(1);
                int slot = EmbeddedCluster.slotOf(stored.get(0));
                assertThat(placement.slots()).contains(slot);
                assertThat(placement.keysIn(one -> one == slot).test(number)).isTrue();
                boolean tagged = key.kind() == Key.Kind.TAGGED;
                assertThat(placement.keysIn(one -> one != slot).test(number)).isEqualTo(tagged);
            }
        }
    }

    @Test
    void keysIn_aThirdOfTheSlots_isAboutAThirdOfTheKeys() {
        long keys = IntStream.range(0, 10_000)
                .filter(placement.keysIn(slot -> slot < 16_384 / 3)::test)
                .count();

        assertThat(keys).isBetween(2_500L, 4_500L);
    }
}
