package io.crema.examples.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What an instance is told when it is started.
 *
 * @param number from 1
 * @param rows ids of the origin's rows are 1 to this
 * @param bound the bound on staleness
 * @param readsPerSecond how many reads the instance aims at, if all are fast
 * @param updatesPerSecond how many updates the instance aims at
 */
record Assignment(
        int number,
        String redisUri,
        String jdbcUrl,
        int rows,
        Duration bound,
        int readsPerSecond,
        int updatesPerSecond,
        Transport transport,
        Path history) {

    private static final int FIELDS = 9;

    List<String> toArguments() {
        return List.of(
                Integer.toString(number),
                redisUri,
                jdbcUrl,
                Integer.toString(rows),
                bound.toString(),
                Integer.toString(readsPerSecond),
                Integer.toString(updatesPerSecond),
                transport.name(),
                history.toString());
    }

    static Assignment parse(List<String> arguments) {
        if (arguments.size() != FIELDS) {
            throw new IllegalArgumentException("Expected " + FIELDS + " arguments, found " + arguments.size()
                    + "; instances are started by the quickstart's main class, not by hand");
        }
        return new Assignment(
                Integer.parseInt(arguments.get(0)),
                arguments.get(1),
                arguments.get(2),
                Integer.parseInt(arguments.get(3)),
                Duration.parse(arguments.get(4)),
                Integer.parseInt(arguments.get(5)),
                Integer.parseInt(arguments.get(6)),
                Transport.valueOf(arguments.get(7)),
                Path.of(arguments.get(8)));
    }
}
