package io.crema.spring;

import io.crema.CacheBuilder;
import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.spi.KeyCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * Spring's caches over those of a {@link Crema}, which stays the caller's to close. A cache is built when it is first asked
 * for, and the same object is given ever after; one that the {@link Crema} already has under that name is used as it is.
 * Thread-safe.
 */
public final class CremaCacheManager implements CacheManager {

    private static final Log LOG = LogFactory.getLog(CremaCacheManager.class);

    private final Crema crema;
    private final List<CremaCacheCustomizer> customizers;
    private final KeyCodec<Object> keyCodec;
    private final Set<String> named;
    private final boolean strict;
    private final Function<String, @Nullable Duration> quarantines;
    private final Map<String, CremaSpringCache> caches = new ConcurrentHashMap<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    private CremaCacheManager(Builder builder) {
        crema = builder.crema;
        customizers = List.copyOf(builder.customizers);
        keyCodec = builder.keyCodec;
        named = Set.copyOf(builder.names);
        strict = builder.strict;
        quarantines = builder.quarantines;
    }

    public static Builder over(Crema crema) {
        return new Builder(crema);
    }

    /** Null if the manager is strict and was not told that name. */
    @Override
    public @Nullable Cache getCache(String name) {
        CremaSpringCache cache = caches.get(Objects.requireNonNull(name, "name"));
        return cache == null ? create(name) : cache;
    }

    private synchronized @Nullable CremaSpringCache create(String name) {
        CremaSpringCache present = caches.get(name);
        if (present != null) {
            return present;
        }
        TieredCache<Object, Object> cache =
                crema.<Object, Object>find(name).orElseGet(() -> mayBuild(name) ? build(name) : null);
        if (cache == null) {
            return null;
        }
        CremaSpringCache created = new CremaSpringCache(cache, quarantines.apply(name));
        caches.put(name, created);
        return created;
    }

    private boolean mayBuild(String name) {
        boolean may = !strict || named.contains(name);
        if (!may && refused.add(name)) {
            LOG.warn("Cache '" + name + "' was asked for, but the cache manager is strict and has only " + named
                    + ": name it in spring.cache.cache-names or crema.caches, or set crema.strict=false");
        }
        return may;
    }

    private TieredCache<Object, Object> build(String name) {
        CacheBuilder<Object, Object> builder = crema.<Object, Object>cache(name).keyCodec(keyCodec);
        customizers.forEach(customizer -> customizer.customize(name, builder));
        return builder.build();
    }

    /** Those that were named and those that were built. */
    @Override
    public Collection<String> getCacheNames() {
        Set<String> names = new LinkedHashSet<>(named);
        names.addAll(caches.keySet());
        return Set.copyOf(names);
    }

    /** What the caches are of. */
    public Crema crema() {
        return crema;
    }

    /** Collects the settings of a {@link CremaCacheManager}. Not thread-safe. */
    public static final class Builder {

        private final Crema crema;
        private final List<CremaCacheCustomizer> customizers = new ArrayList<>();
        private final Set<String> names = new LinkedHashSet<>();
        private KeyCodec<Object> keyCodec = SpringKeyCodec.standard();
        private boolean strict;
        private Function<String, @Nullable Duration> quarantines = name -> null;

        private Builder(Crema crema) {
            this.crema = Objects.requireNonNull(crema, "crema");
        }

        /** One more. With a remote tier that stores values, one of them must set a codec. */
        public Builder customizer(CremaCacheCustomizer customizer) {
            customizers.add(Objects.requireNonNull(customizer, "customizer"));
            return this;
        }

        /** How keys are written; {@link SpringKeyCodec#standard()} unless set. */
        public Builder keyCodec(KeyCodec<Object> keyCodec) {
            this.keyCodec = Objects.requireNonNull(keyCodec, "keyCodec");
            return this;
        }

        /** Names caches that {@link CacheManager#getCacheNames()} gives before they are used. */
        public Builder cacheNames(Collection<String> cacheNames) {
            names.addAll(cacheNames);
            return this;
        }

        /** Gives no caches but those that are named, or that the {@link Crema} has already. */
        public Builder strict() {
            strict = true;
            return this;
        }

        /**
         * Keeps keys that a transaction changed in quarantine while it commits, so that a process that dies between the commit
         * and the invalidation leaves nothing old behind, for two round trips more.
         *
         * @param atMost how long, by the name of the cache, above what a commit takes; null = no quarantine
         */
        public Builder quarantineOnCommit(Function<String, @Nullable Duration> atMost) {
            quarantines = Objects.requireNonNull(atMost, "atMost");
            return this;
        }

        public CremaCacheManager build() {
            return new CremaCacheManager(this);
        }
    }
}
