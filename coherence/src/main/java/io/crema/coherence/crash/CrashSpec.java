package io.crema.coherence.crash;

import io.crema.coherence.InstanceProcess.Launch;
import java.nio.file.Path;
import java.util.List;

/**
 * What an instance is told when it is started.
 *
 * @param process from 1; no two processes of a run have the same
 * @param redis URI of the server
 * @param database JDBC URL
 * @param folder for the logs
 * @param seed of all random choices
 * @param writesPerSecond at most
 * @param begunMillis when the run began, by the system's clock
 */
record CrashSpec(
        int process, String redis, String database, Path folder, long seed, int writesPerSecond, long begunMillis) {

    private static final int FIELDS = 7;

    String name() {
        return "process-" + process;
    }

    /** What it writes down; see {@link WriteLog}. */
    Path writes() {
        return folder.resolve(name() + ".writes");
    }

    Launch launch() {
        return new Launch(
                name(),
                CrashInstance.class,
                List.of(
                        String.valueOf(process),
                        redis,
                        database,
                        folder.toString(),
                        String.valueOf(seed),
                        String.valueOf(writesPerSecond),
                        String.valueOf(begunMillis)),
                folder.resolve(name() + ".log"));
    }

    static CrashSpec parse(List<String> arguments) {
        if (arguments.size() != FIELDS) {
            throw new IllegalArgumentException("Expected " + FIELDS + " arguments, found " + arguments.size());
        }
        return new CrashSpec(
                Integer.parseInt(arguments.get(0)),
                arguments.get(1),
                arguments.get(2),
                Path.of(arguments.get(3)),
                Long.parseLong(arguments.get(4)),
                Integer.parseInt(arguments.get(5)),
                Long.parseLong(arguments.get(6)));
    }
}
