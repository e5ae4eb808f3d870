package io.crema.scenarios;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a scenario.
 *
 * @param figures what was measured besides, by name; times in milliseconds
 * @param failure why there is no result; null if there is one
 */
record Result(
        String scenario,
        List<Bar> bars,
        Map<String, Object> figures,
        @Nullable String failure) {

    static Result failed(String scenario, String why) {
        return new Result(scenario, List.of(), Map.of(), why);
    }

    /** Without a bar there is nothing that was passed. */
    boolean passed() {
        return failure == null && !bars.isEmpty() && bars.stream().allMatch(Bar::passed);
    }
}
