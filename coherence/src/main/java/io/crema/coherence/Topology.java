package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import io.crema.testkit.EmbeddedCluster;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.EmbeddedSentinel;
import java.util.List;
import java.util.stream.Stream;

/** Real servers on this machine, and what they are to each other. Methods that change something are for one thread. */
sealed interface Topology extends AutoCloseable {

    /** DEBUG is refused by servers since 7.0 unless they are told; those before do not know the setting. */
    List<String> WITH_DEBUG = List.of("--enable-debug-command", "yes");

    TopologyKind kind();

    /** Where clients connect first. */
    List<String> uris();

    /** All servers that hold data, in the same order over the whole run. */
    List<EmbeddedRedis> servers();

    /** Those that accept writes, or should. */
    List<EmbeddedRedis> primaries();

    /** Makes what is paused go on and starts what is down; returns when all is as in the beginning. */
    void heal();

    @Override
    void close();

    static Topology start(TopologyKind kind) {
        try {
            return start(kind, WITH_DEBUG.toArray(String[]::new));
        } catch (IllegalStateException e) {
            return start(kind, new String[0]);
        }
    }

    private static Topology start(TopologyKind kind, String[] settings) {
        return switch (kind) {
            case STANDALONE -> new Standalone(EmbeddedRedis.start(settings));
            case SENTINEL -> Sentinel.of(EmbeddedSentinel.start(settings));
            case CLUSTER -> new Cluster(EmbeddedCluster.start(settings));
        };
    }

    /** One server. */
    record Standalone(EmbeddedRedis server) implements Topology {

        @Override
        public TopologyKind kind() {
            return TopologyKind.STANDALONE;
        }

        @Override
        public List<String> uris() {
            return List.of(server.uri());
        }

        @Override
        public List<EmbeddedRedis> servers() {
            return List.of(server);
        }

        @Override
        public List<EmbeddedRedis> primaries() {
            return servers();
        }

        @Override
        public void heal() {
            if (server.isRunning()) {
                server.resume();
            } else {
                server.restart();
            }
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /** A primary and two replicas under three sentinels. */
    record Sentinel(EmbeddedSentinel sentinels, List<EmbeddedRedis> servers) implements Topology {

        static Sentinel of(EmbeddedSentinel sentinels) {
            return new Sentinel(
                    sentinels,
                    Stream.concat(Stream.of(sentinels.primary()), sentinels.replicas().stream())
                            .toList());
        }

        @Override
        public TopologyKind kind() {
            return TopologyKind.SENTINEL;
        }

        @Override
        public List<String> uris() {
            return List.of(sentinels.uri());
        }

        @Override
        public List<EmbeddedRedis> primaries() {
            return List.of(sentinels.primary());
        }

        @Override
        public void heal() {
            sentinels.heal();
        }

        @Override
        public void close() {
            sentinels.close();
        }
    }

    /** Three primaries with a replica each. */
    record Cluster(EmbeddedCluster nodes) implements Topology {

        @Override
        public TopologyKind kind() {
            return TopologyKind.CLUSTER;
        }

        @Override
        public List<String> uris() {
            return nodes.uris();
        }

        @Override
        public List<EmbeddedRedis> servers() {
            return nodes.nodes();
        }

        @Override
        public List<EmbeddedRedis> primaries() {
            return nodes.primaries();
        }

        @Override
        public void heal() {
            nodes.heal();
        }

        @Override
        public void close() {
            nodes.close();
        }
    }
}
