package io.crema.coherence.peers;

import io.crema.coherence.Key;
import io.crema.coherence.Setting;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.redisson.Redisson;
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.map.MapLoader;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.api.options.LocalCachedMapOptions.EvictionPolicy;
import org.redisson.api.options.LocalCachedMapOptions.ReconnectionStrategy;
import org.redisson.api.options.LocalCachedMapOptions.StoreMode;
import org.redisson.api.options.LocalCachedMapOptions.SyncStrategy;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;

/**
 * Redisson's {@code RLocalCachedMap} with a {@code MapLoader}.
 *
 * <p>Configured as the page "Collections" of Redisson's reference shows a map with a local cache: stored in Redis and
 * locally, {@code SyncStrategy.INVALIDATE}, ten seconds to live and to idle, one map per client; the clients with the
 * defaults of "Configuration". Two things are others: the local cache has room for every key; and reads go to the
 * primaries, not to replicas as is Redisson's default, since what is compared is the local cache, not replication.
 *
 * <p>Redisson waits for a server for 3 s and tries again 4 times, and a load waits for a lock of the key which an instance
 * that went away keeps for 30 s. Callers here wait for {@value #LIMIT_SECONDS} s; what they no longer wait for goes on.
 */
final class RedissonSubject extends PeerSubject {

    private static final String NAME = "coherence";
    private static final Duration LOCAL_TIME = Duration.ofSeconds(10);
    private static final int LIMIT_SECONDS = 5;

    private final RedissonClient client;
    private final RLocalCachedMap<String, CachedVersion> map;

    private RedissonSubject(Setting setting, RedissonClient client, ReconnectionStrategy strategy) {
        super(setting);
        this.client = client;
        map = client.getLocalCachedMap(LocalCachedMapOptions.<String, CachedVersion>name(NAME)
                .codec(new VersionCodec())
                .loader(new Loader())
                .storeMode(StoreMode.LOCALCACHE_REDIS)
                .syncStrategy(SyncStrategy.INVALIDATE)
                .reconnectionStrategy(strategy)
                .evictionPolicy(EvictionPolicy.LRU)
                .cacheSize(LOCAL_ENTRIES)
                .timeToLive(LOCAL_TIME)
                .maxIdle(LOCAL_TIME));
    }

    static RedissonSubject open(Setting setting, ReconnectionStrategy strategy) {
        RedissonClient client = Redisson.create(config(setting));
        return new RedissonSubject(setting, client, strategy);
    }

    private static Config config(Setting setting) {
        List<RedisURI> uris = setting.uris().stream().map(RedisURI::create).toList();
        Config config = new Config();
        switch (setting.topology()) {
            case STANDALONE -> config.useSingleServer().setAddress(addresses(setting, uris)[0]);
            case SENTINEL ->
                config.useSentinelServers()
                        .setMasterName(uris.get(0).getSentinelMasterId())
                        .addSentinelAddress(addresses(setting, uris.get(0).getSentinels()))
                        .setNatMapper(Proxies.redisson(setting))
                        .setReadMode(ReadMode.MASTER);
            case CLUSTER ->
                config.useClusterServers()
                        .addNodeAddress(addresses(setting, uris))
                        .setNatMapper(Proxies.redisson(setting))
                        .setReadMode(ReadMode.MASTER);
        }
        return config;
    }

    private static String[] addresses(Setting setting, List<RedisURI> uris) {
        return uris.stream()
                .map(uri -> Proxies.redisson(setting, uri.getPort()))
                .toArray(String[]::new);
    }

    /** As {@code map.get(name)}, which would wait longer. */
    @Override
    CachedVersion get(String name) {
        CachedVersion value = await(map.getAsync(name));
        if (value == null) {
            // So it answers when what was loaded could not be stored.
            throw new IllegalStateException("Redisson: no value of " + name);
        }
        return value;
    }

    @Override
    public void invalidate(Key key, long version) {
        await(map.fastRemoveAsync(key.name()));
    }

    @Override
    public void close() {
        client.shutdown(0, 2, TimeUnit.SECONDS);
    }

    private static <T> T await(Future<T> reply) {
        try {
            return reply.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Redisson: interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Redisson: no reply", e);
        }
    }

    private final class Loader implements MapLoader<String, CachedVersion> {

        @Override
        public CachedVersion load(String name) {
            return RedissonSubject.this.load(name);
        }

        /** Asked for only by {@code loadAll}, which nobody calls. */
        @Override
        public Iterable<String> loadAllKeys() {
            return List.of();
        }
    }
}
