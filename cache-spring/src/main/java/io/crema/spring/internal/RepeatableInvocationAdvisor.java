package io.crema.spring.internal;

import java.lang.reflect.Method;
import java.util.Collection;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.Ordered;

/** Puts {@link RepeatableInvocationInterceptor} around methods whose one cache operation is synchronised. */
public final class RepeatableInvocationAdvisor extends StaticMethodMatcherPointcutAdvisor {

    private final transient CacheOperationSource operations;
    private final transient Ordered cacheAdvisor;

    public RepeatableInvocationAdvisor(CacheOperationSource operations, Ordered cacheAdvisor) {
        this.operations = operations;
        this.cacheAdvisor = cacheAdvisor;
        setAdvice(new RepeatableInvocationInterceptor());
    }

    @Override
    public int getOrder() {
        int order = cacheAdvisor.getOrder();
        return order == Ordered.HIGHEST_PRECEDENCE ? order : order - 1;
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        Collection<CacheOperation> found = operations.getCacheOperations(method, targetClass);
        return found != null
                && found.size() == 1
                && found.iterator().next() instanceof CacheableOperation cacheable
                && cacheable.isSync();
    }
}
