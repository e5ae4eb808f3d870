package io.crema.spring.internal;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a reactive method returned, as the cache keeps it: one value, or a list of many. Loaded only where Reactor is. */
final class Publishers {

    private Publishers() {}

    static CompletableFuture<?> toFuture(@Nullable Object returned, Method method) {
        ReactiveAdapter adapter = returned == null
                ? null
                : ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, returned);
        if (adapter == null) {
            throw new IllegalStateException(method + " must return a future or a publisher, but returned " + returned);
        }
        return adapter.isMultiValue()
                ? Flux.from(adapter.toPublisher(returned)).collectList().toFuture()
                : Mono.from(adapter.toPublisher(returned)).toFuture();
    }
}
