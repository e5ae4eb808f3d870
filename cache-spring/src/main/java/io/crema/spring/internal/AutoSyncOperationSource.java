package io.crema.spring.internal;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.MethodClassKey;
import org.springframework.util.StringUtils;

/**
 * Makes {@code @Cacheable} methods synchronised, so that the cache sees how to load and can share, time and repeat loads.
 * Spring allows that for a lone {@code @Cacheable} of one cache without {@code unless}; others stay as they are, which is
 * logged once for each method.
 */
public final class AutoSyncOperationSource implements CacheOperationSource {

    private static final Log LOG = LogFactory.getLog(AutoSyncOperationSource.class);

    private final CacheOperationSource source;
    private final CachedTypes types;
    private final boolean sync;
    private final Map<MethodClassKey, Collection<CacheOperation>> synchronised = new ConcurrentHashMap<>();

    /** @param sync whether methods are to be synchronised; if not, what they return is noted all the same */
    AutoSyncOperationSource(CacheOperationSource source, CachedTypes types, boolean sync) {
        this.source = source;
        this.types = types;
        this.sync = sync;
    }

    @Override
    public boolean isCandidateClass(Class<?> targetClass) {
        return source.isCandidateClass(targetClass);
    }

    @Override
    public boolean hasCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return source.hasCacheOperations(method, targetClass);
    }

    @Override
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        Collection<CacheOperation> operations = source.getCacheOperations(method, targetClass);
        return operations == null
                ? null
                : synchronised.computeIfAbsent(
                        new MethodClassKey(method, targetClass), ignored -> found(method, operations));
    }

    private Collection<CacheOperation> found(Method method, Collection<CacheOperation> operations) {
        types.add(method);
        return sync ? synchronise(method, operations) : operations;
    }

    private static Collection<CacheOperation> synchronise(Method method, Collection<CacheOperation> operations) {
        if (operations.stream()
                .noneMatch(operation -> operation instanceof CacheableOperation plain && !plain.isSync())) {
            return operations;
        }
        CacheableOperation cacheable =
                operations.size() == 1 && operations.iterator().next() instanceof CacheableOperation lone ? lone : null;
        String obstacle = cacheable == null
                ? "has other cache operations too"
                : StringUtils.hasText(cacheable.getUnless())
                        ? "has unless"
                        : cacheable.getCacheNames().size() > 1 ? "names several caches" : null;
        if (cacheable == null || obstacle != null) {
            LOG.info("@Cacheable of " + method.getDeclaringClass().getName() + "." + method.getName() + " " + obstacle
                    + ", so Spring calls it without showing the cache how: calls that miss at the same time are not"
                    + " shared, and refresh-ahead, stale-on-error and load timeouts do not apply");
            return operations;
        }
        CacheableOperation.Builder builder = new CacheableOperation.Builder();
        builder.setName(cacheable.getName());
        builder.setCacheNames(cacheable.getCacheNames().toArray(String[]::new));
        builder.setKey(cacheable.getKey());
        builder.setKeyGenerator(cacheable.getKeyGenerator());
        builder.setCacheManager(cacheable.getCacheManager());
        builder.setCacheResolver(cacheable.getCacheResolver());
        builder.setCondition(cacheable.getCondition());
        builder.setSync(true);
        return List.of(builder.build());
    }
}
