package io.crema.spring.boot;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A service as applications have it: nothing in it knows Crema. */
class Shop {

    record Product(long id, String name, List<String> colours) {}

    static Product product(long id) {
        return new Product(id, "product " + id, List.of("red", "blue"));
    }

    final AtomicInteger calls = new AtomicInteger();
    final CountDownLatch gate = new CountDownLatch(1);

    @Cacheable("products")
    public Product find(long id) {
        calls.incrementAndGet();
        return product(id);
    }

    @Cacheable("slow")
    public Product slow(long id) throws InterruptedException {
        calls.incrementAndGet();
        if (!gate.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody opened the gate");
        }
        return product(id);
    }

    @Cacheable("missing")
    public @Nullable Product missing(long id) {
        calls.incrementAndGet();
        return null;
    }

    @Cacheable("optional")
    public Optional<Product> optional(long id) {
        calls.incrementAndGet();
        return id < 0 ? Optional.empty() : Optional.of(product(id));
    }

    @Cacheable(cacheNames = "unless", unless = "#result == null")
    public @Nullable Product unless(long id) {
        calls.incrementAndGet();
        return id < 0 ? null : product(id);
    }

    @Cacheable("pairs")
    public String pair(String left, int right) {
        calls.incrementAndGet();
        return left + right;
    }

    @Cacheable("all")
    public List<Product> all() {
        calls.incrementAndGet();
        return List.of(product(1), product(2));
    }

    @Cacheable("futures")
    public CompletableFuture<Product> future(long id) {
        calls.incrementAndGet();
        return CompletableFuture.supplyAsync(() -> product(id));
    }

    @Cacheable("monos")
    public Mono<Product> mono(long id) {
        return Mono.fromSupplier(() -> {
            calls.incrementAndGet();
            return product(id);
        });
    }

    @Cacheable("fluxes")
    public Flux<Product> flux() {
        return Flux.defer(() -> {
            calls.incrementAndGet();
            return Flux.just(product(1), product(2));
        });
    }

    @Cacheable("failing")
    public Product failing(long id) throws IOException {
        calls.incrementAndGet();
        throw new IOException("no product " + id);
    }

    @CachePut(cacheNames = "products", key = "#product.id()")
    public Product save(Product product) {
        return product;
    }

    @CacheEvict("products")
    public void remove(long id) {}

    @CacheEvict(cacheNames = "products", allEntries = true)
    public void removeAll() {}
}
