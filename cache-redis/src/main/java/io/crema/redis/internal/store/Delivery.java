package io.crema.redis.internal.store;

import io.crema.redis.internal.client.ServerInfo;
import io.crema.redis.internal.client.Topology;
import io.lettuce.core.protocol.CommandType;
import java.util.Collection;

/** How invalidations travel; see {@link io.crema.redis.internal.bus.RedisBus}. */
enum Delivery {
    ONE_PRIMARY("pub/sub", CommandType.PUBLISH, CommandType.SUBSCRIBE),
    SHARDED("sharded pub/sub", CommandType.SPUBLISH, CommandType.SSUBSCRIBE),
    RELAYED("pub/sub relayed over the cluster bus", CommandType.PUBLISH, CommandType.SUBSCRIBE);

    final String words;
    final CommandType publish;
    final CommandType subscribe;

    Delivery(String words, CommandType publish, CommandType subscribe) {
        this.words = words;
        this.publish = publish;
        this.subscribe = subscribe;
    }

    static Delivery of(Topology topology, Collection<ServerInfo> servers) {
        if (!topology.isCluster()) {
            return ONE_PRIMARY;
        }
        return servers.stream().allMatch(ServerInfo::hasShardChannels) ? SHARDED : RELAYED;
    }
}
