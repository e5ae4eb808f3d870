package io.crema.spring.boot;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/**
 * Where a Redis is: one node, sentinels with the name of a primary, or the nodes of a cluster.
 *
 * @param tls the keys and certificates, if connections are to be encrypted
 */
record RedisSettings(
        List<RedisURI> nodes, boolean cluster, @Nullable SslBundle tls) {

    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    /** What {@code spring.data.redis.*} says where Spring Data Redis is not there to bind it; null if it says nothing. */
    static @Nullable RedisSettings of(Environment environment, @Nullable SslBundles bundles) {
        Properties bound = Binder.get(environment)
                .bind("spring.data.redis", Properties.class)
                .orElse(null);
        if (bound == null) {
            return null;
        }
        Tls ssl = bound.ssl() == null ? new Tls(null, null) : bound.ssl();
        boolean encrypted = ssl.enabled() == null ? ssl.bundle() != null : ssl.enabled();
        SslBundle bundle = !encrypted
                ? null
                : ssl.bundle() == null || bundles == null ? SslBundle.systemDefault() : bundles.getBundle(ssl.bundle());
        int database = bound.database() == null ? 0 : bound.database();
        if (bound.sentinel() != null) {
            Sentinel sentinel = bound.sentinel();
            return new RedisSettings(
                    List.of(sentinels(
                            sentinel.master(),
                            sentinel.nodes().stream()
                                    .map(node -> address(node, SENTINEL_PORT))
                                    .toList(),
                            database,
                            new Login(bound.username(), bound.password()),
                            new Login(sentinel.username(), sentinel.password()),
                            bundle != null)),
                    false,
                    bundle);
        } else if (bound.cluster() != null) {
            return new RedisSettings(
                    bound.cluster().nodes().stream()
                            .map(node -> node(
                                    address(node, PORT), 0, new Login(bound.username(), bound.password()), encrypted))
                            .toList(),
                    true,
                    bundle);
        } else if (bound.url() != null) {
            return of(bound.url(), bundle);
        } else if (bound.host() == null && bound.port() == null) {
            return null;
        }
        Address address = new Address(
                bound.host() == null ? "localhost" : bound.host(), bound.port() == null ? PORT : bound.port());
        return new RedisSettings(
                List.of(node(address, database, new Login(bound.username(), bound.password()), encrypted)),
                false,
                bundle);
    }

    /** The server of a URL. */
    static RedisSettings of(String url, @Nullable SslBundle bundle) {
        RedisURI uri;
        try {
            uri = RedisURI.create(url);
        } catch (RuntimeException e) {
            // Not passed on: it quotes the URL, which may hold a password.
            throw new IllegalArgumentException(
                    "The URL of the Redis server (crema.redis.url or spring.data.redis.url) is"
                            + " none: it looks like redis://[user:password@]host[:port][/database], or rediss:// for TLS");
        }
        SslBundle tls = uri.isSsl() && bundle == null ? SslBundle.systemDefault() : bundle;
        if (tls != null) {
            uri.setSsl(true);
        }
        return new RedisSettings(List.of(uri), false, tls);
    }

    /** What a bean of details says, as those of Testcontainers and Docker Compose, or of Spring Data Redis' properties. */
    static RedisSettings of(DataRedisConnectionDetails details) {
        SslBundle bundle = details.getSslBundle();
        Login login = new Login(details.getUsername(), details.getPassword());
        DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
        DataRedisConnectionDetails.Cluster cluster = details.getCluster();
        DataRedisConnectionDetails.MasterReplica replicated = details.getMasterReplica();
        if (sentinel != null) {
            return new RedisSettings(
                    List.of(sentinels(
                            sentinel.getMaster(),
                            addresses(sentinel.getNodes()),
                            sentinel.getDatabase(),
                            login,
                            new Login(sentinel.getUsername(), sentinel.getPassword()),
                            bundle != null)),
                    false,
                    bundle);
        } else if (cluster != null) {
            return new RedisSettings(
                    addresses(cluster.getNodes()).stream()
                            .map(node -> node(node, 0, login, bundle != null))
                            .toList(),
                    true,
                    bundle);
        } else if (replicated != null) {
            // Writes go to the primary, which Spring asks to be named first.
            return new RedisSettings(
                    List.of(node(addresses(replicated.getNodes()).get(0), 0, login, bundle != null)), false, bundle);
        }
        DataRedisConnectionDetails.Standalone one = details.getStandalone();
        if (one == null) {
            throw new IllegalStateException("The connection details of type "
                    + details.getClass().getName()
                    + " name no Redis server: neither standalone, sentinel nor cluster");
        }
        return new RedisSettings(
                List.of(node(new Address(one.getHost(), one.getPort()), one.getDatabase(), login, bundle != null)),
                false,
                bundle);
    }

    private static List<Address> addresses(List<DataRedisConnectionDetails.Node> nodes) {
        return nodes.stream().map(node -> new Address(node.host(), node.port())).toList();
    }

    private static RedisURI node(Address address, int database, Login login, boolean encrypted) {
        RedisURI uri = RedisURI.create(address.host(), address.port());
        uri.setDatabase(database);
        uri.setSsl(encrypted);
        login.applyTo(uri);
        return uri;
    }

    private static RedisURI sentinels(
            String primary, List<Address> nodes, int database, Login login, Login ofSentinels, boolean encrypted) {
        RedisURI uri = new RedisURI();
        uri.setSentinelMasterId(primary);
        uri.setDatabase(database);
        uri.setSsl(encrypted);
        login.applyTo(uri);
        for (Address address : nodes) {
            uri.getSentinels().add(node(address, 0, ofSentinels, encrypted));
        }
        return uri;
    }

    private static Address address(String text, int defaultPort) {
        int colon = text.lastIndexOf(':');
        return colon < 0
                ? new Address(text, defaultPort)
                : new Address(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    private record Address(String host, int port) {}

    private record Login(
            @Nullable String username, @Nullable String password) {

        void applyTo(RedisURI uri) {
            if (password == null) {
                return;
            }
            uri.setCredentialsProvider(RedisCredentialsProvider.from(() -> RedisCredentials.just(username, password)));
        }
    }

    record Properties(
            @Nullable String url,
            @Nullable String host,
            @Nullable Integer port,
            @Nullable Integer database,
            @Nullable String username,
            @Nullable String password,
            @Nullable Tls ssl,
            @Nullable Sentinel sentinel,
            @Nullable Cluster cluster) {}

    record Tls(@Nullable Boolean enabled, @Nullable String bundle) {}

    record Sentinel(
            String master,
            List<String> nodes,
            @Nullable String username,
            @Nullable String password) {}

    record Cluster(List<String> nodes) {}
}
