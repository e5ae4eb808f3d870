package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an instance is told when it is started.
 *
 * @param subject the name that a {@link SubjectProvider} on the class path knows
 * @param number from 1; no two instances of a run have the same
 * @param topology as of {@link Setting}, like the next three
 * @param origin the file of the {@link SharedVersions}, which is there already
 * @param history the file to record in, which is not there yet
 * @param log the file for everything that the instance prints
 * @param seed of all random choices
 */
record InstanceSpec(
        String subject,
        int number,
        TopologyKind topology,
        List<String> uris,
        Map<Integer, Integer> proxies,
        Duration bound,
        Path origin,
        Path history,
        Path log,
        long seed,
        Load load) {

    private static final int FIELDS = 11;

    InstanceSpec {
        uris = List.copyOf(uris);
        proxies = Map.copyOf(proxies);
    }

    String name() {
        return "instance-" + number;
    }

    InstanceProcess.Launch launch() {
        return new InstanceProcess.Launch(name(), InstanceMain.class, toArguments(), log);
    }

    List<String> toArguments() {
        String ports = proxies.entrySet().stream()
                .map(proxy -> proxy.getKey() + "=" + proxy.getValue())
                .collect(Collectors.joining(" "));
        return List.of(
                subject,
                String.valueOf(number),
                topology.name(),
                String.join(" ", uris),
                ports,
                bound.toString(),
                origin.toString(),
                history.toString(),
                log.toString(),
                String.valueOf(seed),
                load.toString());
    }

    static InstanceSpec parse(List<String> arguments) {
        if (arguments.size() != FIELDS) {
            throw new IllegalArgumentException("Expected " + FIELDS + " arguments, found " + arguments.size()
                    + "; instances are started by the main class of the proof, not by hand");
        }
        Map<Integer, Integer> proxies = words(arguments.get(4))
                .map(pair -> pair.split("="))
                .collect(Collectors.toMap(pair -> Integer.valueOf(pair[0]), pair -> Integer.valueOf(pair[1])));
        return new InstanceSpec(
                arguments.get(0),
                Integer.parseInt(arguments.get(1)),
                TopologyKind.valueOf(arguments.get(2)),
                words(arguments.get(3)).toList(),
                proxies,
                Duration.parse(arguments.get(5)),
                Path.of(arguments.get(6)),
                Path.of(arguments.get(7)),
                Path.of(arguments.get(8)),
                Long.parseLong(arguments.get(9)),
                Load.parse(arguments.get(10)));
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.split(" ")).filter(word -> !word.isEmpty());
    }
}
