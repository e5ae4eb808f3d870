package io.crema.spring.internal;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheOperationInvoker.ThrowableWrapper;
import org.springframework.util.ObjectUtils;

/**
 * A call of a cached method that can be made any number of times, on any thread, with all advice inside the cache's. What
 * Spring hands to a cache can be called once, on the caller's thread: advice that has run is skipped the second time, and
 * some needs what is bound to that thread.
 *
 * <p>Made by {@link RepeatableInvocationInterceptor} for the time of the call. The copy of the call is made when a load
 * begins, at which the original stands just before the advice inside the cache's. Thread-safe.
 */
public final class RepeatableInvocation {

    private static final ThreadLocal<@Nullable RepeatableInvocation> CURRENT = new ThreadLocal<>();

    private final ProxyMethodInvocation original;
    private final Thread caller = Thread.currentThread();
    private @Nullable ProxyMethodInvocation pristine;

    private RepeatableInvocation(ProxyMethodInvocation original) {
        this.original = original;
    }

    static @Nullable Object proceed(ProxyMethodInvocation invocation) throws Throwable {
        RepeatableInvocation outer = CURRENT.get();
        CURRENT.set(new RepeatableInvocation(invocation));
        try {
            return invocation.proceed();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /**
     * The call that this thread is in, if the callback is that of Spring's cache advice; null for one that a program hands
     * to a cache itself.
     */
    public static @Nullable RepeatableInvocation of(Object callback) {
        Class<?> host = callback.getClass().getNestHost();
        return host == CacheAspectSupport.class ? CURRENT.get() : null;
    }

    /** The method's value: by the callback the first time if on the caller's thread, else by a copy of the call. */
    public @Nullable Object call(Callable<?> callback) throws Exception {
        MethodInvocation copy = copyUnlessFirst();
        return copy == null ? callback.call() : ObjectUtils.unwrapOptional(run(copy));
    }

    /** As {@link #call}, of a method that returns a future or a publisher. */
    @SuppressWarnings("unchecked")
    public <T> CompletableFuture<T> callAsync(Supplier<CompletableFuture<T>> callback) {
        MethodInvocation copy = copyUnlessFirst();
        if (copy == null) {
            return callback.get();
        }
        Object returned = run(copy);
        return returned instanceof CompletableFuture<?> future
                ? (CompletableFuture<T>) future
                : (CompletableFuture<T>) Publishers.toFuture(returned, copy.getMethod());
    }

    private synchronized @Nullable MethodInvocation copyUnlessFirst() {
        if (pristine == null) {
            pristine = (ProxyMethodInvocation) original.invocableClone();
            if (Thread.currentThread() == caller) {
                return null;
            }
        }
        return pristine.invocableClone();
    }

    private static @Nullable Object run(MethodInvocation copy) {
        try {
            return ExposeInvocationInterceptor.INSTANCE.invoke(copy);
        } catch (Throwable e) {
            // As the cache advice does it with what its callback meets.
            throw new ThrowableWrapper(e);
        }
    }
}
