package io.crema.spring;

import io.crema.CacheBuilder;

/**
 * Changes how the caches of a {@link CremaCacheManager} are built. Called once for each cache, before it is built, in the
 * order in which customizers were added; the last word wins. Building is the manager's.
 */
@FunctionalInterface
public interface CremaCacheCustomizer {

    void customize(String cacheName, CacheBuilder<Object, Object> builder);
}
