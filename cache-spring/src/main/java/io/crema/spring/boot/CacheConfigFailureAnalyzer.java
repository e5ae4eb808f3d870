package io.crema.spring.boot;

import io.crema.CacheConfigException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which properties a cache that cannot be built takes its policies from. */
final class CacheConfigFailureAnalyzer extends AbstractFailureAnalyzer<CacheConfigException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, CacheConfigException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Change the cache's properties below crema.caches, or those of all caches below crema.defaults"
                        + " (time-to-live, staleness, ...), or the CremaCacheCustomizer that set what is wrong.",
                cause);
    }
}
