package io.crema.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.simulation.Oracle.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Replaces each rule of the protocol and asks the simulation whether it notices. The table of what was caught by which
 * seed is written to {@code target/mutants.md}.
 */
class MutationGateTest {

    private static final long SEEDS = 5_000;

    static List<Mutant> all() {
        return Stream.of(RuleMutants.all(), ServerMutants.all(), BusMutants.all())
                .flatMap(List::stream)
                .map(mutant -> mutant.hinted(Hints.of(mutant.name())))
                .toList();
    }

    @Test
    void mutants_eachOfThem_isCaught() throws IOException {
        List<String> table =
                new ArrayList<>(List.of("| rule | mutant | caught by seed | check |", "|---|---|---|---|"));
        List<String> missed = new ArrayList<>();
        for (Mutant mutant : all()) {
            Optional<Verdict> verdict = mutant.caught(SEEDS);
            if (verdict.isPresent()) {
                Violation violation = Objects.requireNonNull(verdict.get().violation());
                table.add(row(
                        mutant,
                        String.valueOf(verdict.get().seed()),
                        violation.check().name()));
            } else {
                missed.add(mutant.rule() + ": " + mutant.name());
                table.add(row(mutant, "NOT CAUGHT", "-"));
            }
        }
        Elsewhere.ALL.forEach(one -> table.add(
                "| " + one.rule() + " | " + one.mutant() + " | not here | " + one.where() + ": " + one.why() + " |"));
        Files.write(Files.createDirectories(Path.of("target")).resolve("mutants.md"), table);

        assertThat(missed).as("mutants that %d seeds did not catch", SEEDS).isEmpty();
    }

    private static String row(Mutant mutant, String seed, String check) {
        return "| " + mutant.rule() + " | " + mutant.name() + " | " + seed + " | " + check + " |";
    }

    @Test
    void hints_areOfMutantsThatThereAre() {
        Set<String> names = new HashSet<>();
        for (Mutant mutant : all()) {
            assertThat(names.add(mutant.name())).as(mutant.name()).isTrue();
        }
        assertThat(names).containsAll(Hints.ALL.keySet());
        assertThat(Hints.ALL.values()).allMatch(seed -> seed >= 1 && seed <= SEEDS);
    }

    /** Seeds that are known to catch a mutant: tried first, so that the gate is quick; any other may. */
    private static final class Hints {

        static final Map<String, Long> ALL = Map.ofEntries(
                Map.entry("a heartbeat is a PING", 12L),
                Map.entry("a heartbeat has its own connection", 80L),
                Map.entry("a subscription is acknowledged early", 94L),
                Map.entry("an expiry tells nobody", 1L),
                Map.entry("a tag's tells nobody", 3L),
                Map.entry("a clear tells nobody", 1L),
                Map.entry("all leases have one token", 5L),
                Map.entry("what is absent is not invalidated", 327L),
                Map.entry("a lease ends a quarantine", 16L),
                Map.entry("an invalidation ends a quarantine", 58L),
                Map.entry("a put takes the place of a quarantine", 1095L),
                Map.entry("a fenced put is always stored", 19L),
                Map.entry("a repair does nothing", 4L),
                Map.entry("a gap is in order", 3161L),
                Map.entry("a clock that advanced was seen", 102L),
                Map.entry("only the clock counts", 26L),
                Map.entry("the first comparison keeps all", 307L),
                Map.entry("a heartbeat confirms what was relayed", 9L),
                Map.entry("nothing is ever lost", 14L),
                Map.entry("a replay covers everything", 14L),
                Map.entry("every answer counts", 1567L),
                Map.entry("a lease never ends", 1L),
                Map.entry("without a lease any age will do", 1L),
                Map.entry("every flight is joined", 66L),
                Map.entry("a detached flight installs", 1L),
                Map.entry("every write installs", 109L),
                Map.entry("a hit ignores that of its tags", 423L),
                Map.entry("every reply tells the version", 27L),
                Map.entry("any version is embedded", 5L),
                Map.entry("flights of unknown tags are joined", 79L),
                Map.entry("a reserve may be below the floor", 4816L));

        static long of(String mutant) {
            return ALL.getOrDefault(mutant, 0L);
        }
    }

    /** A rule whose mutant a run on one thread over this server cannot show, and what shows it. */
    private record Elsewhere(String rule, String mutant, String where, String why) {

        static final List<Elsewhere> ALL = List.of(
                new Elsewhere(
                        "a flight installs in its generation only",
                        "any generation installs",
                        "CoherenceRulesTest",
                        "harmless alone, since an entry carries its flight's generation and a hit compares it"),
                new Elsewhere(
                        "the higher stamp stays",
                        "the last to arrive stays",
                        "NearTierTest, CoherenceRulesTest",
                        "what is older goes with the message that the newer one implies, so reads go back within the"
                                + " bound only, which is measured and not promised"),
                new Elsewhere(
                        "an invalidation evicts what is older",
                        "what has the same stamp is evicted too",
                        "CoherenceRulesTest",
                        "harmless: it costs a load"),
                new Elsewhere(
                        "nothing is filled in quarantine",
                        "a reader takes a quarantine for an empty key",
                        "CoherenceRulesTest",
                        "the server refuses the lease, which its own mutant here shows; it costs a second's wait"),
                new Elsewhere(
                        "versions are compared",
                        "this instance compares none",
                        "OriginVersionTest",
                        "asked only where there is no remote tier"),
                new Elsewhere(
                        "a replay covers half a minute",
                        "an incomplete replay covers",
                        "CoherenceRulesTest, ReplayWindowTest",
                        "takes more than 65,536 keys within half a minute"),
                new Elsewhere(
                        "a version is stamp and token",
                        "a version is its stamp",
                        "the model of tags (TagTest)",
                        "takes a stamp that is issued for the same tag once more, between a failover and its repair"),
                new Elsewhere(
                        "lease, then map, then generation",
                        "another order of a hit's steps",
                        "the model of a hit (HitOrderTest)",
                        "a matter of threads, of which there is one here"),
                new Elsewhere(
                        "installs and evictions are computed",
                        "a conditional removal",
                        "the tests of the near tier on Caffeine itself",
                        "a matter of threads, of which there is one here"));
    }
}
