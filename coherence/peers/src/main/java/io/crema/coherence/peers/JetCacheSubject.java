package io.crema.coherence.peers;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.CacheBuilder;
import com.alicp.jetcache.CacheConfig;
import com.alicp.jetcache.CacheResult;
import com.alicp.jetcache.CacheResultCode;
import com.alicp.jetcache.SimpleCacheManager;
import com.alicp.jetcache.anno.CacheConsts;
import com.alicp.jetcache.anno.CacheType;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCache;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheConfig;
import com.alicp.jetcache.support.Fastjson2KeyConvertor;
import com.alicp.jetcache.support.JavaValueDecoder;
import com.alicp.jetcache.support.JavaValueEncoder;
import com.alicp.jetcache.template.CacheBuilderTemplate;
import com.alicp.jetcache.template.NotifyMonitorInstaller;
import com.alicp.jetcache.template.QuickConfig;
import io.crema.coherence.Key;
import io.crema.coherence.Setting;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JetCache with two levels, Caffeine before Redis over Lettuce, whose changes are broadcast.
 *
 * <p>Configured as JetCache's documentation shows it: a cache from {@code CacheManager} by a {@code QuickConfig} with
 * {@code CacheType.BOTH}, {@code syncLocal} and an expiry of 100 s (page "CreateCache"; "MethodCache" says that an expiry
 * matters because an operation on Redis may fail); Caffeine, fastjson2 for keys, Java's serialization for values and a
 * {@code broadcastChannel} (page "Config"); the connections of "RedisWithLettuce"; a loader with
 * {@code penetrationProtect} (the readme's example of reading through). Only the local limit is another: the default of 100
 * entries would leave nothing to compare.
 *
 * <p>Every wait for Redis ends after JetCache's default of a second; it then loads, so a read takes a few seconds at most.
 */
final class JetCacheSubject extends PeerSubject {

    private static final String NAME = "coherence:";
    private static final String CHANNEL = "coherence";
    private static final Duration EXPIRY = Duration.ofSeconds(100);
    private static final ThreadLocal<@Nullable CacheResult> REMOVAL_FROM_REDIS = new ThreadLocal<>();

    private final JetCacheConnections connections;
    private final SimpleCacheManager manager = new SimpleCacheManager();
    private final Cache<String, CachedVersion> cache;

    private JetCacheSubject(Setting setting, JetCacheConnections connections) {
        super(setting);
        this.connections = connections;
        CacheBuilder remote = remote();
        CacheBuilderTemplate template = new CacheBuilderTemplate(
                false, Map.of(CacheConsts.DEFAULT_AREA, local()), Map.of(CacheConsts.DEFAULT_AREA, remote));
        template.getCacheMonitorInstallers().add(new NotifyMonitorInstaller(area -> remote));
        manager.setCacheBuilderTemplate(template);
        cache = manager.getOrCreateCache(QuickConfig.newBuilder(NAME)
                .cacheType(CacheType.BOTH)
                .syncLocal(true)
                .expire(EXPIRY)
                .localLimit(LOCAL_ENTRIES)
                .penetrationProtect(true)
                .loader(this::load)
                .build());
    }

    static JetCacheSubject open(Setting setting) {
        JetCacheConnections connections = JetCacheConnections.open(setting);
        return new JetCacheSubject(setting, connections);
    }

    @Override
    CachedVersion get(String name) {
        return cache.get(name);
    }

    /**
     * What JetCache answers does not tell a key that Redis did not have from a Redis that was not reached. So that it is
     * not held to removals which it could not do, the answer of the remote level decides.
     */
    @Override
    public void invalidate(Key key, long version) {
        cache.remove(key.name());
        CacheResult removal = REMOVAL_FROM_REDIS.get();
        REMOVAL_FROM_REDIS.remove();
        if (removal == null) {
            throw new IllegalStateException("JetCache: " + key + " was not removed from Redis: not even tried");
        }
        CacheResultCode code = removal.getResultCode();
        if (code != CacheResultCode.SUCCESS && code != CacheResultCode.NOT_EXISTS) {
            throw new IllegalStateException(
                    "JetCache: " + key + " was not removed from Redis: " + removal.getMessage());
        }
    }

    /** The executors that JetCache has for the whole process stay, as daemons. */
    @Override
    public void close() {
        manager.close();
        connections.close();
    }

    private static CacheBuilder local() {
        return CaffeineCacheBuilder.createCaffeineCacheBuilder().keyConvertor(Fastjson2KeyConvertor.INSTANCE);
    }

    private CacheBuilder remote() {
        return RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                .keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                .valueEncoder(JavaValueEncoder.INSTANCE)
                .valueDecoder(JavaValueDecoder.INSTANCE)
                .broadcastChannel(CHANNEL)
                .redisClient(connections.client())
                .connection(connections.commands())
                .pubSubConnection(connections.subscriptions())
                .buildFunc(JetCacheSubject::observed);
    }

    /** JetCache's builders have no types for keys and values. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Cache observed(CacheConfig config) {
        return new Observed((RedisLettuceCacheConfig<String, CachedVersion>) config);
    }

    /** The remote level, which leaves its answer to a removal where {@link #invalidate} finds it. */
    private static final class Observed extends RedisLettuceCache<String, CachedVersion> {

        Observed(RedisLettuceCacheConfig<String, CachedVersion> config) {
            super(config);
        }

        @Override
        protected CacheResult do_REMOVE(String key) {
            CacheResult removal = super.do_REMOVE(key);
            REMOVAL_FROM_REDIS.set(removal);
            return removal;
        }
    }
}
