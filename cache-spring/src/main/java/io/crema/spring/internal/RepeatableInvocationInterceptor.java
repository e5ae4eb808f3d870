package io.crema.spring.internal;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** Keeps the call of a cached method for the loads that it begins. Stands just outside Spring's cache advice. */
final class RepeatableInvocationInterceptor implements MethodInterceptor {

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        return invocation instanceof ProxyMethodInvocation repeatable
                ? RepeatableInvocation.proceed(repeatable)
                : invocation.proceed();
    }
}
