package io.crema.spring.internal;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/** Puts an {@link AutoSyncOperationSource} in the place of Spring's source of cache operations, before anybody asks it. */
public final class AutoSyncActivation implements BeanPostProcessor, PriorityOrdered {

    private final CachedTypes types;
    private final boolean sync;

    /** @param sync as of {@link AutoSyncOperationSource} */
    public AutoSyncActivation(CachedTypes types, boolean sync) {
        this.types = types;
        this.sync = sync;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        return bean instanceof AnnotationCacheOperationSource source
                ? new AutoSyncOperationSource(source, types, sync)
                : bean;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
