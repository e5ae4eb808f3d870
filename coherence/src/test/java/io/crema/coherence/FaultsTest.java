package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTest {

    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final List<String> INSTANCES = Campaign.instances("crema");

    private static Plan plan(TopologyKind kind, Duration time) {
        List<Fault> faults = Faults.of(kind, INSTANCES, List.of());
        Load load = Load.ofOneInThree();
        return new Plan(kind, INSTANCES, faults, load, BOUND, time, Pace.FULL, 1, Path.of(""));
    }

    private static List<String> names(List<Fault> faults) {
        return faults.stream().map(Fault::name).toList();
    }

    @Test
    void of_eachTopology_hasWhatCanHappenThere() {
        Map<TopologyKind, List<String>> names = Stream.of(TopologyKind.values())
                .collect(Collectors.toMap(kind -> kind, kind -> names(Faults.of(kind, INSTANCES, List.of()))));

        assertThat(names.get(TopologyKind.STANDALONE))
                .contains("none", "flushall", "blackhole", "half-close-to-client", "stop-instance", "kill-instance")
                .doesNotContain("failover", "move-slot");
        assertThat(names.get(TopologyKind.SENTINEL))
                .containsAll(names.get(TopologyKind.STANDALONE))
                .contains("failover", "lossy-failover", "switchover")
                .doesNotContain("move-slot");
        assertThat(names.get(TopologyKind.CLUSTER))
                .containsAll(names.get(TopologyKind.STANDALONE))
                .contains("failover", "lossy-failover", "orderly-switchover", "move-slot", "half-move-slot");
    }

    @Test
    void of_subjectsWithOneClock_stopsOnlyThose() {
        TopologyKind kind = TopologyKind.STANDALONE;

        assertThat(names(Faults.of(kind, List.of("other"), List.of())))
                .contains(Faults.STOP_INSTANCE)
                .doesNotContain(Faults.STOP_STRICT_INSTANCE);
        assertThat(names(Faults.of(kind, List.of("crema-strict"), List.of())))
                .contains(Faults.STOP_STRICT_INSTANCE)
                .doesNotContain(Faults.STOP_INSTANCE);
    }

    @ParameterizedTest
    @EnumSource
    void schedule_anyTime_hasEachFaultAsOftenAsTheOthers(TopologyKind kind) {
        Duration least = Pace.FULL.least(kind, Faults.of(kind, INSTANCES, List.of()), BOUND);
        for (int rounds = 1; rounds <= 3; rounds++) {
            Plan plan = plan(kind, least.multipliedBy(rounds));
            Schedule schedule = new Schedule(plan, new Random(1));
            List<String> happened = Stream.generate(() -> schedule.next().name())
                    .limit((long) plan.faults().size() * rounds)
                    .toList();

            assertThat(happened.subList(0, plan.faults().size())).isEqualTo(names(plan.faults()));
            for (Fault fault : plan.faults()) {
                assertThat(happened.stream().filter(fault.name()::equals)).hasSize(rounds);
            }
        }
    }

    @Test
    void schedule_timeToSpare_lengthensTheHealthyTimes() {
        Schedule schedule = new Schedule(plan(TopologyKind.STANDALONE, Duration.ZERO), new Random(1));

        assertThat(schedule.gap(Duration.ZERO)).isEqualTo(Pace.FULL.gap());
        assertThat(schedule.gap(Duration.ofHours(1))).isGreaterThan(Duration.ofMinutes(1));
    }

    @Test
    void schedule_sameSeed_isTheSame() {
        Plan plan = plan(TopologyKind.CLUSTER, Duration.ofHours(1));

        assertThat(all(plan, 5)).isEqualTo(all(plan, 5)).isNotEqualTo(all(plan, 6));
    }

    private static List<String> all(Plan plan, long seed) {
        Schedule schedule = new Schedule(plan, new Random(seed));
        return Stream.iterate(schedule, any -> !any.isOver(), any -> any)
                .map(any -> any.next().name())
                .toList();
    }

    @Test
    void least_wholeMatrix_fitsIntoTheDefaultDuration() {
        Duration all = Stream.of(TopologyKind.values())
                .map(kind -> Pace.FULL.least(kind, Faults.of(kind, INSTANCES, List.of()), BOUND))
                .reduce(Duration.ZERO, Duration::plus);

        assertThat(all).isLessThan(Duration.ofMinutes(10));
    }
}
