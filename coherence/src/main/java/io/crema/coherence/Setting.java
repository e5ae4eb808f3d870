package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Where a cache under test runs.
 *
 * @param instance the name of the instance
 * @param topology what the servers are
 * @param uris where to connect first: the server, the sentinels as one URI, or some nodes of the cluster
 * @param proxies for the port of each server that has one: the loopback port to connect to instead. Clients learn the
 *     servers' own addresses from sentinels and clusters, and must map them
 * @param bound on the staleness of reads, for caches that have one
 * @param origin what is cached: the version of a key, after some time
 */
public record Setting(
        String instance,
        TopologyKind topology,
        List<String> uris,
        Map<Integer, Integer> proxies,
        Duration bound,
        ToLongFunction<Key> origin) {

    public Setting {
        uris = List.copyOf(uris);
        proxies = Map.copyOf(proxies);
    }
}
