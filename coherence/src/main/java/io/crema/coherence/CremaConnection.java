package io.crema.coherence;

import io.crema.redis.RedisRemote;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.internal.HostAndPort;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.MappingSocketAddressResolver;
import java.util.Map;
import java.util.function.Function;

/**
 * Crema's way to Redis, with a detour over a proxy to each server that has one, also to those that clients learn of only
 * from sentinels and clusters. The options are those of {@link RedisRemote}'s own client.
 *
 * @param remote closed by its Crema, before this
 */
record CremaConnection(RedisRemote remote, AbstractRedisClient client, ClientResources resources)
        implements AutoCloseable {

    static CremaConnection open(Setting setting) {
        Function<HostAndPort, HostAndPort> detour = address -> detour(address, setting.proxies());
        ClientResources resources = ClientResources.builder()
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .socketAddressResolver(MappingSocketAddressResolver.create(detour))
                .build();
        RedisURI[] uris = setting.uris().stream().map(RedisURI::create).toArray(RedisURI[]::new);
        ClientOptions options = ClientOptions.builder()
                .autoReconnect(false)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .build();
        return switch (setting.topology()) {
            case STANDALONE, SENTINEL -> {
                RedisClient client = RedisClient.create(resources);
                client.setOptions(options);
                yield new CremaConnection(RedisRemote.builder(client, uris[0]).build(), client, resources);
            }
            case CLUSTER -> {
                RedisClusterClient client = RedisClusterClient.create(resources, uris[0]);
                client.setOptions(ClusterClientOptions.builder(options).build());
                yield new CremaConnection(RedisRemote.builder(client, uris).build(), client, resources);
            }
        };
    }

    private static HostAndPort detour(HostAndPort address, Map<Integer, Integer> proxies) {
        Integer proxy = address.hasPort() ? proxies.get(address.getPort()) : null;
        return proxy == null ? address : HostAndPort.of("127.0.0.1", proxy);
    }

    @Override
    public void close() {
        client.shutdown();
        resources.shutdown().awaitUninterruptibly();
    }
}
