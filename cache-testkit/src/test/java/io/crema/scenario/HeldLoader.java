package io.crema.scenario;

import static org.awaitility.Awaitility.await;

import io.crema.CacheLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An origin that answers when the test says so. */
final class HeldLoader implements CacheLoader<String, String> {

    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public String load(String key) throws Exception {
        calls.incrementAndGet();
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    void awaitCalled() {
        await().until(() -> calls.get() > 0);
    }

    int calls() {
        return calls.get();
    }

    void answer(String value) {
        answer.complete(value);
    }

    void fail(Exception failure) {
        answer.completeExceptionally(failure);
    }
}
