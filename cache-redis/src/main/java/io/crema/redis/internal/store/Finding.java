package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Node;
import io.crema.redis.internal.client.Refusal;
import io.crema.redis.internal.client.ServerInfo;
import io.crema.redis.internal.client.Topology;
import io.crema.spi.Durability;
import io.crema.spi.Guarantee;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one server was found to allow.
 *
 * @param server what it says of itself, null if it could not be asked
 * @param faults what keeps invalidations from getting through
 * @param doubts what else takes from the guarantee
 */
record Finding(Node node, @Nullable ServerInfo server, List<String> faults, List<String> doubts) {

    /**
     * @param resp3 whether connections speak it
     * @param missing rights, in the words of {@code ACL SETUSER}
     */
    static Finding of(Node node, ServerInfo server, boolean resp3, List<String> missing) {
        List<String> faults = new ArrayList<>();
        if (!resp3) {
            faults.add(
                    "Connections do not speak RESP3, which Crema needs for invalidations; do not set an older protocol"
                            + " version on the client");
        }
        if (!missing.isEmpty()) {
            faults.add("This user lacks " + missing.stream().map(Finding::words).collect(Collectors.joining(", "))
                    + ", without which invalidations do not get through; grant it " + String.join(" ", missing));
        }
        List<String> doubts = new ArrayList<>();
        server.evictionWarning().ifPresent(doubts::add);
        server.failoverWarning().ifPresent(doubts::add);
        return new Finding(node, server, faults, doubts);
    }

    static Finding unknown(Node node, Throwable failure) {
        return new Finding(
                node,
                null,
                List.of(),
                List.of("Not known, since it could not be asked: what it allows ("
                        + Refusal.root(failure).getMessage() + ")"));
    }

    private static String words(String grant) {
        String name = grant.substring(1);
        return switch (grant.charAt(0)) {
            case '+' -> "the command " + name.toUpperCase(Locale.ROOT);
            case '~' -> "the keys " + name;
            default -> "the channels " + name;
        };
    }

    /** What all servers together can promise. */
    static Guarantee guarantee(String server, Topology topology, List<Finding> findings) {
        boolean bounded = findings.stream().allMatch(finding -> finding.faults.isEmpty());
        List<ServerInfo> known = new ArrayList<>();
        Map<String, List<Node>> warnings = new LinkedHashMap<>();
        for (Finding finding : findings) {
            if (finding.server != null) {
                known.add(finding.server);
            }
            finding.faults.forEach(text ->
                    warnings.computeIfAbsent(text, first -> new ArrayList<>()).add(finding.node));
        }
        for (Finding finding : findings) {
            finding.doubts.forEach(text ->
                    warnings.computeIfAbsent(text, first -> new ArrayList<>()).add(finding.node));
        }
        List<String> texts = new ArrayList<>();
        warnings.forEach((text, nodes) -> texts.add(nodes.size() == findings.size() ? text : at(nodes) + text));
        String versions = known.stream().map(ServerInfo::name).distinct().collect(Collectors.joining(" and "));
        return new Guarantee(
                bounded,
                Delivery.of(topology, known).words + " of " + server + " (" + versions + ", " + shape(topology) + ")",
                texts);
    }

    /** What the least careful of the servers may lose. */
    static Durability durability(List<Finding> findings) {
        List<String> faults = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (Finding finding : findings) {
            if (finding.server == null) {
                warnings.addAll(finding.doubts);
            } else {
                finding.server.lossByEviction().ifPresent(faults::add);
                finding.server.lossByRestart().ifPresent(warnings::add);
                finding.server.failoverWarning().ifPresent(warnings::add);
            }
        }
        return new Durability(
                faults.stream().distinct().toList(),
                warnings.stream().distinct().toList());
    }

    private static String at(List<Node> nodes) {
        return nodes.stream().map(Node::toString).collect(Collectors.joining(", ", "", ": "));
    }

    private static String shape(Topology topology) {
        if (topology.isCluster()) {
            int primaries = topology.primaries().size();
            return "cluster of " + primaries + (primaries == 1 ? " primary" : " primaries");
        }
        String watched = topology.primaries().iterator().next().uri().getSentinelMasterId();
        return watched == null ? "standalone" : "sentinel '" + watched + "'";
    }
}
