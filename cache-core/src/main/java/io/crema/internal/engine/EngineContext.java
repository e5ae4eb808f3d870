package io.crema.internal.engine;

import io.crema.event.CacheListener;
import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.time.InstanceClock;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What the caches of one instance share.
 *
 * @param loadExecutor runs blocking loaders that are timed
 */
public record EngineContext(
        CoherenceRules rules,
        InstanceClock clock,
        Executor executor,
        Executor loadExecutor,
        LoaderThreads loaderThreads,
        Tokens tokens,
        List<CacheListener> listeners) {}
