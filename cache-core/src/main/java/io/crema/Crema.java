package io.crema;

import io.crema.event.CacheListener;
import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.engine.CacheEngine;
import io.crema.internal.engine.CacheSettings;
import io.crema.internal.engine.EngineContext;
import io.crema.internal.engine.LoaderSet;
import io.crema.internal.engine.LoaderThreads;
import io.crema.internal.engine.RemoteLink;
import io.crema.internal.engine.SyncCache;
import io.crema.internal.engine.SyncLoadingCache;
import io.crema.internal.engine.Tokens;
import io.crema.internal.time.InstanceClock;
import io.crema.internal.time.SystemTicker;
import io.crema.internal.time.Threads;
import io.crema.policy.CircuitBreaker;
import io.crema.spi.RemoteTier;
import io.crema.spi.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The caches of one service instance, with the connection and the threads that they share. A service makes one and
 * closes it at its end. Thread-safe.
 */
public final class Crema implements AutoCloseable {

    static final String NAME_TAKEN = "there is one of that name already; use find(..), or another name";

    private final Map<String, Named> caches = new ConcurrentHashMap<>();
    private final EngineContext context;
    private final @Nullable RemoteTier remote;
    private final @Nullable RemoteLink link;
    private final @Nullable SystemTicker ownTicker;
    private final List<ExecutorService> ownExecutors;
    private boolean closed;

    private record Named(CacheEngine<?, ?> engine, TieredCache<?, ?> cache) {}

    private Crema(Builder builder) {
        String nodeName = builder.nodeName == null ? "node" : builder.nodeName;
        ownTicker = builder.ticker == null ? new SystemTicker(nodeName) : null;
        ownExecutors =
                builder.executor == null ? List.of(Threads.workers(nodeName), Threads.loaders(nodeName)) : List.of();
        Ticker ticker = builder.ticker == null ? Objects.requireNonNull(ownTicker) : builder.ticker;
        Executor workers = builder.executor == null ? ownExecutors.get(0) : builder.executor;
        Executor loaders = builder.executor == null ? ownExecutors.get(1) : builder.executor;
        InstanceClock clock = new InstanceClock(ticker);
        context = new EngineContext(
                builder.rules,
                clock,
                Threads.handingOver(workers),
                Threads.handingOver(loaders),
                new LoaderThreads(),
                builder.tokens,
                List.copyOf(builder.listeners));
        remote = builder.remote;
        link = remote == null ? null : new RemoteLink(nodeName, remote, clock, builder.tokens, builder.circuitBreaker);
        clock.start();
        if (link != null) {
            try {
                link.start();
            } catch (RuntimeException e) {
                // The remote tier is not closed: it may be another Crema's.
                link.close();
                endThreads();
                throw e;
            }
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts to configure a new cache; nothing exists before one of its build methods is called. */
    public <K, V> CacheBuilder<K, V> cache(String name) {
        return new CacheBuilder<>(this, Objects.requireNonNull(name, "name"), remote);
    }

    /** The cache of that name; K and V are whatever it was built with, which is not checked. */
    @SuppressWarnings("unchecked")
    public <K, V> Optional<TieredCache<K, V>> find(String name) {
        Named named = caches.get(Objects.requireNonNull(name, "name"));
        return named == null ? Optional.empty() : Optional.of((TieredCache<K, V>) named.cache());
    }

    public Set<String> cacheNames() {
        return Set.copyOf(caches.keySet());
    }

    <K, V> TieredCache<K, V> build(CacheSettings<K, V> settings) {
        return register(settings, engine -> new SyncCache<>(engine, ReadConsistency.BOUNDED));
    }

    <K, V> LoadingTieredCache<K, V> build(CacheSettings<K, V> settings, LoaderSet<K, V> loaders) {
        return register(settings, engine -> new SyncLoadingCache<>(engine, ReadConsistency.BOUNDED, loaders));
    }

    private <K, V, C extends TieredCache<K, V>> C register(
            CacheSettings<K, V> settings, Function<CacheEngine<K, V>, C> view) {
        CacheEngine<K, V> engine = new CacheEngine<>(context, settings);
        C cache = view.apply(engine);
        synchronized (this) {
            if (closed) {
                CompletableFuture<Void> unused = engine.close();
                throw new CacheException("Cache '" + settings.name() + "' cannot be built: its Crema is closed");
            }
            if (caches.putIfAbsent(settings.name(), new Named(engine, cache)) != null) {
                CompletableFuture<Void> unused = engine.close();
                throw new CacheConfigException("Cache '" + settings.name() + "'", List.of(NAME_TAKEN));
            }
        }
        if (link != null && settings.remote() != null) {
            try {
                link.open(engine, settings);
            } catch (RuntimeException | Error e) {
                caches.remove(settings.name());
                CompletableFuture<Void> unused = engine.close();
                throw e;
            }
        }
        return cache;
    }

    /**
     * Closes all caches: whoever waits gets a {@link CacheException}, later calls too; the remote tier, and the threads
     * that were not given, end. Idempotent.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        CompletableFuture<?>[] drained =
                caches.values().stream().map(named -> named.engine().drain()).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(drained).join();
        CompletableFuture<?>[] givenBack =
                caches.values().stream().map(named -> named.engine().close()).toArray(CompletableFuture<?>[]::new);
        if (link != null) {
            link.closeAfter(CompletableFuture.allOf(givenBack));
        }
        try {
            if (remote != null) {
                remote.close();
            }
        } finally {
            endThreads();
        }
    }

    private void endThreads() {
        context.clock().stop();
        if (ownTicker != null) {
            ownTicker.close();
        }
        ownExecutors.forEach(ExecutorService::shutdown);
    }

    /** Configures a {@link Crema}. Not thread-safe. */
    public static final class Builder {

        private @Nullable RemoteTier remote;
        private @Nullable String nodeName;
        private @Nullable Executor executor;
        private @Nullable Ticker ticker;
        private CoherenceRules rules = new CoherenceRules();
        private Tokens tokens = new Tokens();
        private CircuitBreaker circuitBreaker = CircuitBreaker.standard();
        private final List<CacheListener> listeners = new ArrayList<>();

        private Builder() {}

        /** The tier that instances share; closed with the Crema. Without one, caches are of this process alone. */
        public Builder remote(RemoteTier remote) {
            this.remote = Objects.requireNonNull(remote, "remote");
            return this;
        }

        /** Names this instance in threads and logs. */
        public Builder nodeName(String name) {
            this.nodeName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Runs loaders and completions of asynchronous calls, instead of own daemon threads (for loaders that are timed:
         * virtual threads, from Java 21 on); not closed with the Crema.
         * It should not be bounded if loaders wait for other keys of the same Crema. What it rejects, or would run on the
         * thread that hands it over, runs in the JVM's default pool.
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** When an instance stops asking a remote tier that fails; {@link CircuitBreaker#standard()} unless set. */
        public Builder circuitBreaker(CircuitBreaker circuitBreaker) {
            this.circuitBreaker = Objects.requireNonNull(circuitBreaker, "circuitBreaker");
            return this;
        }

        /** One more listener to what happens in all caches. */
        public Builder listener(CacheListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /** The source of time, instead of the system's; for tests. */
        public Builder ticker(Ticker ticker) {
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            return this;
        }

        /** Other rules than those of the protocol: for tests that must notice when one is broken. */
        Builder rules(CoherenceRules rules) {
            this.rules = rules;
            return this;
        }

        /** Other random choices than secure ones: for tests that repeat a run. */
        Builder tokens(Tokens tokens) {
            this.tokens = tokens;
            return this;
        }

        /** @throws CacheConfigException with all faults at once */
        public Crema build() {
            List<String> faults = circuitBreaker.faults();
            if (!faults.isEmpty()) {
                throw new CacheConfigException("Crema", faults);
            }
            return new Crema(this);
        }
    }
}
