package io.crema.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks all states of a model, nearest first, until one violates its promise. */
final class Explorer {
    private static final int LIMIT = 1_000_000;

    /** What a walk found: how many states, and the shortest way to a violation if there is one. */
    record Outcome(int states, @Nullable String violation, List<String> trace) {
        @Override
        public String toString() {
            return violation == null ? states + " states, no violation" : violation + ": " + String.join(" > ", trace);
        }
    }

    /** A state as a key: everything that {@link Cell#describe} lists, and its hash. */
    private static final class Key {
        private final Object[] parts;
        private final int hash;

        Key(Object[] parts) {
            this.parts = parts;
            this.hash = Arrays.hashCode(parts);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && hash == key.hash && Arrays.equals(parts, key.parts);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private record Origin(@Nullable Origin from, String step) {}

    private record Node<S>(S state, @Nullable Origin origin) {}

    private Explorer() {}

    /** Asserts that the promise holds in every state, and that there are enough of them for this to mean something. */
    static <S extends Model<S>> void assertHolds(S initial, int atLeastStates) {
        Outcome outcome = explore(initial);
        assertThat(outcome.violation()).as("%s", outcome).isNull();
        assertThat(outcome.states()).as("states").isGreaterThanOrEqualTo(atLeastStates);
    }

    /** Asserts that the walk finds a violation. */
    static <S extends Model<S>> void assertCaught(S initial) {
        assertThat(explore(initial).violation()).as("violation").isNotNull();
    }

    static <S extends Model<S>> Outcome explore(S initial) {
        Map<Key, Boolean> seen = new HashMap<>();
        ArrayDeque<Node<S>> queue = new ArrayDeque<>();
        seen.put(key(initial), true);
        queue.add(new Node<>(initial, null));
        @Nullable Outcome[] found = {null};
        for (Node<S> node = queue.poll(); node != null; node = queue.poll()) {
            Node<S> from = node;
            from.state.steps((label, change) -> {
                if (found[0] != null) {
                    return;
                }
                S next = from.state.copy();
                change.accept(next);
                if (seen.put(key(next), true) != null) {
                    return;
                }
                Origin origin = new Origin(from.origin, label);
                String violation = next.broken != null ? next.broken : next.violation();
                if (violation != null) {
                    found[0] = new Outcome(seen.size(), violation, trace(origin));
                }
                queue.add(new Node<>(next, origin));
            });
            if (found[0] != null) {
                return found[0];
            }
            assertThat(seen.size()).as("states, before the walk is given up").isLessThan(LIMIT);
        }
        return new Outcome(seen.size(), null, List.of());
    }

    private static Key key(Model<?> state) {
        List<@Nullable Object> parts = new ArrayList<>(48);
        state.describe(parts);
        return new Key(parts.toArray());
    }

    private static List<String> trace(Origin last) {
        List<String> steps = new ArrayList<>();
        for (Origin o = last; o != null; o = o.from) {
            steps.add(o.step);
        }
        Collections.reverse(steps);
        return steps;
    }
}
