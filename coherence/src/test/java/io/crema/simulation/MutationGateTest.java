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

    private static final long SEEDS = 2_000;

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

        static final Map<String, Long> ALL = Map.ofEntries(Map.entry("a gap is in order", 9L));

        static long of(String mutant) {
            return ALL.getOrDefault(mutant, 0L);
        }
    }

    /** A rule whose mutant a run on one thread over this server cannot show, and what shows it. */
    private record Elsewhere(String rule, String mutant, String where, String why) {

        static final List<Elsewhere> ALL = List.of();
    }
}
