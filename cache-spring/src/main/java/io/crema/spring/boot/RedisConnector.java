package io.crema.spring.boot;

import io.crema.redis.RedisRemote;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.protocol.ProtocolVersion;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.ssl.SslBundle;

/**
 * Makes remote tiers, and the clients that those with TLS need, which end with it. Not thread-safe.
 */
final class RedisConnector implements DisposableBean {

    private final String namespace;
    private final CremaProperties.Redis options;
    private final List<Runnable> closing = new ArrayList<>();

    RedisConnector(String namespace, CremaProperties.Redis options) {
        this.namespace = namespace;
        this.options = options;
    }

    RedisRemote connect(RedisSettings settings) {
        return built(settings.tls() == null ? plain(settings) : encrypted(settings, settings.tls()));
    }

    /** Over the application's own client, which stays the application's. */
    RedisRemote connect(RedisClient client, RedisURI uri) {
        return built(RedisRemote.builder(client, uri));
    }

    private RedisRemote built(RedisRemote.Builder builder) {
        return builder.namespace(namespace)
                .partitions(options.partitions())
                .timeLimit(options.timeLimit())
                .build();
    }

    private RedisRemote.Builder plain(RedisSettings settings) {
        RedisURI first = settings.nodes().get(0);
        if (!settings.cluster()) {
            return RedisRemote.builder(first);
        }
        RedisClusterClient client = RedisClusterClient.create(settings.nodes());
        closing.add(client::shutdown);
        return RedisRemote.builder(client, settings.nodes().toArray(RedisURI[]::new));
    }

    private RedisRemote.Builder encrypted(RedisSettings settings, SslBundle tls) {
        if (settings.cluster()) {
            RedisClusterClient client = RedisClusterClient.create(settings.nodes());
            client.setOptions(ClusterClientOptions.builder(clientOptions(tls)).build());
            closing.add(client::shutdown);
            return RedisRemote.builder(client, settings.nodes().toArray(RedisURI[]::new));
        }
        RedisClient client = RedisClient.create();
        client.setOptions(clientOptions(tls));
        closing.add(client::shutdown);
        return RedisRemote.builder(client, settings.nodes().get(0));
    }

    private static ClientOptions clientOptions(SslBundle tls) {
        SslOptions.Builder ssl = SslOptions.builder();
        ssl.keyManager(tls.getManagers().getKeyManagerFactory());
        ssl.trustManager(tls.getManagers().getTrustManagerFactory());
        if (tls.getOptions().getCiphers() != null) {
            ssl.cipherSuites(tls.getOptions().getCiphers());
        }
        if (tls.getOptions().getEnabledProtocols() != null) {
            ssl.protocols(tls.getOptions().getEnabledProtocols());
        }
        return ClientOptions.builder()
                .autoReconnect(false)
                .protocolVersion(ProtocolVersion.RESP3)
                .sslOptions(ssl.build())
                .build();
    }

    /** After the tiers, which are beans that need this one. */
    @Override
    public void destroy() {
        closing.forEach(Runnable::run);
    }
}
