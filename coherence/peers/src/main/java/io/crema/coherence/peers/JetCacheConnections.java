package io.crema.coherence.peers;

import com.alicp.jetcache.redis.lettuce.LettuceConnectionManager;
import io.crema.coherence.Setting;
import io.crema.coherence.SubjectProvider.TopologyKind;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The two connections of one instance, made as JetCache's auto-configuration for Lettuce makes them: commands are refused
 * while there is no connection; a cluster's topology is read anew every minute and, as is Lettuce's default by now, at every
 * sign of a change.
 */
record JetCacheConnections(
        ClientResources resources,
        AbstractRedisClient client,
        StatefulConnection<byte[], byte[]> commands,
        StatefulRedisPubSubConnection<byte[], byte[]> subscriptions) {

    private static final Duration REFRESH = Duration.ofSeconds(60);

    static JetCacheConnections open(Setting setting) {
        ClientResources resources = Proxies.lettuce(setting);
        List<RedisURI> uris = setting.uris().stream().map(RedisURI::create).toList();
        return setting.topology() == TopologyKind.CLUSTER ? cluster(resources, uris) : primary(resources, uris);
    }

    private static JetCacheConnections primary(ClientResources resources, List<RedisURI> uris) {
        RedisClient client = RedisClient.create(resources);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        return new JetCacheConnections(
                resources,
                client,
                MasterReplica.connect(client, ByteArrayCodec.INSTANCE, uris),
                client.connectPubSub(ByteArrayCodec.INSTANCE, uris.get(0)));
    }

    private static JetCacheConnections cluster(ClientResources resources, List<RedisURI> uris) {
        RedisClusterClient client = RedisClusterClient.create(resources, uris);
        client.setOptions(ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(REFRESH)
                        .build())
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        return new JetCacheConnections(
                resources,
                client,
                client.connect(ByteArrayCodec.INSTANCE),
                client.connectPubSub(ByteArrayCodec.INSTANCE));
    }

    /** Returns when no thread of the client is left. */
    void close() {
        LettuceConnectionManager.defaultManager().removeAndClose(client);
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
