package io.crema.loading;

import io.crema.CacheBuilder;
import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.policy.CircuitBreaker;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.scenario.Call;
import io.crema.scenario.TextCodec;
import io.crema.spi.KeyCodec;
import io.crema.spi.RemoteTier;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/**
 * Instances of a service with one cache each, "texts", under the policies of a test, over one origin, and over one remote
 * tier in memory if there is one. Values are fresh for {@link #FRESH} unless a policy says otherwise. Time stands still
 * unless a test moves it; threads are real.
 */
final class Service implements AutoCloseable {

    static final Duration FRESH = Duration.ofSeconds(10);

    /** More than any clock of an instance is late. */
    static final Duration MARGIN = Duration.ofMillis(50);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMillis(10);

    private static final int LOOKS_PER_STEP = 20;

    /** When nothing is left to do but what callers' own threads do, and loaders that wait for the test. */
    private static final int LOOKS_PER_IDLE_STEP = 4;

    /** What has not happened after so many takes long. */
    private static final int SMALL_STEPS = 50;

    final ManualTime time = new ManualTime();
    final InMemoryServer server = InMemoryServer.create(time);
    final Origin origin = new Origin();
    final TrackedExecutor executor = new TrackedExecutor();
    private final Setup setup;
    private final List<Crema> cremas = new ArrayList<>();
    private CircuitBreaker circuitBreaker = CircuitBreaker.standard();
    private UnaryOperator<RemoteTier> wrapping = UnaryOperator.identity();

    Service(Setup setup) {
        this.setup = setup;
        if (setup.tiers().hasRemote()) {
            // The first write of a partition starts its clock, which looks like a gap; tests begin after that.
            Instance first = instance(builder -> builder);
            first.cache.clear();
            first.crema.close();
        }
    }

    /** For instances that are made from now on. */
    void circuitBreaker(CircuitBreaker policy) {
        circuitBreaker = policy;
    }

    /** What instances that are made from now on have around their remote tiers. */
    void wrapRemotes(UnaryOperator<RemoteTier> wrapper) {
        wrapping = wrapper;
    }

    /** An instance whose cache loads from the origin. */
    Instance instance(UnaryOperator<CacheBuilder<String, String>> policies) {
        return instance(policies, builder -> builder.buildWithContext(origin));
    }

    Instance instance(
            UnaryOperator<CacheBuilder<String, String>> policies,
            Function<CacheBuilder<String, String>, LoadingTieredCache<String, String>> build) {
        InMemoryRemote remote = setup.tiers().hasRemote() ? server.connect(1) : null;
        Crema.Builder builder = Crema.builder().ticker(time).executor(executor).circuitBreaker(circuitBreaker);
        Crema crema = (remote == null ? builder : builder.remote(wrapping.apply(remote))).build();
        cremas.add(crema);
        CacheBuilder<String, String> texts = builder(crema, "texts");
        return new Instance(setup.style(), crema, remote, build.apply(policies.apply(texts)));
    }

    CacheBuilder<String, String> builder(Crema crema, String name) {
        CacheBuilder<String, String> builder =
                crema.<String, String>cache(name).codec(new TextCodec()).expiration(Expiration.fresh(FRESH));
        return setup.tiers().hasNear() ? builder : builder.near(Near.none());
    }

    /** Lets time pass, and heartbeats and ticks of the clocks happen; what others do on their threads may come later. */
    void pass(Duration duration) {
        time.advance(duration);
    }

    /** The remote tier loses a key's record, as by eviction; nobody is told. */
    void loseRecord(String key) {
        server.loseRecord("texts", 0, KeyCodec.<String>standard().encode(key));
    }

    /** Lets all that is fresh become stale, by time, when nobody does anything; no loader may be held on the executor. */
    void passFreshness() {
        settle();
        time.advance(FRESH.plus(MARGIN));
    }

    /** Lets time pass in small steps until a call has ended; what it gave. */
    <T> T finish(Call<T> call) {
        passUntilDone(call);
        return call.await();
    }

    /** As {@link #finish}, of a call that has to fail; what it threw. */
    Throwable failure(Call<?> call) {
        passUntilDone(call);
        Throwable failure = call.result()
                .handle((value, thrown) ->
                        thrown == null ? new AssertionError("The call should have failed, but gave " + value) : thrown)
                .join();
        if (failure instanceof AssertionError unexpected) {
            throw unexpected;
        }
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    void passUntilDone(Call<?> call) {
        passUntil(call::isDone);
    }

    /** Lets time pass in small steps until something is so; others get to take their own steps in between. */
    void passUntil(Callable<Boolean> condition) {
        AtomicInteger looks = new AtomicInteger();
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    int look = looks.incrementAndGet();
                    boolean idle = executor.tasks() <= origin.heldOnExecutor();
                    if (look % (idle ? LOOKS_PER_IDLE_STEP : LOOKS_PER_STEP) == 0) {
                        time.advance(look > SMALL_STEPS * LOOKS_PER_STEP ? STEP.multipliedBy(5) : STEP);
                    }
                    return condition.call();
                });
    }

    /** Waits, while time stands still, until something is so. */
    void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    /** Waits, while time stands still, until nothing is left to do for the executor; no loader may be held on it. */
    void settle() {
        settle(0);
    }

    /** As {@link #settle()}, but for so many loaders that are held on it. */
    void settle(int held) {
        until(() -> executor.tasks() == held);
    }

    @Override
    public void close() {
        origin.close();
        cremas.forEach(Crema::close);
        executor.close();
    }
}
