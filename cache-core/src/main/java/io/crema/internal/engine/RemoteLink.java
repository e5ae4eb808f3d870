package io.crema.internal.engine;

import io.crema.CacheConfigException;
import io.crema.internal.remote.Breaker;
import io.crema.internal.remote.Deadlines;
import io.crema.internal.remote.RemoteSettings;
import io.crema.internal.sync.BusSession;
import io.crema.internal.sync.Subscription;
import io.crema.internal.time.InstanceClock;
import io.crema.internal.time.Threads;
import io.crema.policy.CircuitBreaker;
import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.Opening;
import io.crema.spi.RemoteTier;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What the caches of one instance share of the remote tier: how they come to it, and the session of its bus. */
public final class RemoteLink {

    private static final Logger LOG = System.getLogger(RemoteLink.class.getName());

    private static final long REOPEN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How long building a cache waits for a remote tier that can be reached, and how long one attempt may take. */
    private static final long BUILD_WAIT_MILLIS = 2_000;

    private final RemoteTier remote;
    private final InstanceClock clock;
    private final Tokens tokens;
    private final Deadlines deadlines;
    private final Breaker breaker;
    private final BusSession session;
    private final String node;
    private final AtomicBoolean announced = new AtomicBoolean();
    private volatile boolean closed;

    /** @param node names this instance in the log */
    public RemoteLink(
            String node, RemoteTier remote, InstanceClock clock, Tokens tokens, CircuitBreaker circuitBreaker) {
        this.node = node;
        this.remote = remote;
        this.clock = clock;
        this.tokens = tokens;
        this.deadlines = new Deadlines(clock, remote.timeLimit().toNanos());
        this.breaker = new Breaker(
                remote.storesValues() ? circuitBreaker : CircuitBreaker.off(),
                clock,
                remote.toString(),
                remote::isOutage);
        this.session = new BusSession(remote.invalidations(), clock);
    }

    public void start() {
        session.start();
    }

    /**
     * Brings a cache to the remote tier, now or as soon as that can be reached.
     *
     * @throws CacheConfigException if the tier was reached and the cache is there under other terms
     */
    public <K, V> void open(CacheEngine<K, V> engine, CacheSettings<K, V> settings) {
        RemoteSettings<K, V> stored = Objects.requireNonNull(settings.remote());
        CacheTerms terms = new CacheTerms(settings.name(), stored.keyCodec().format());
        CompletableFuture<@Nullable String> fault = new CompletableFuture<>();
        attempt(engine, terms, fault);
        String reason = awaitUpTo(fault);
        if (reason != null) {
            throw new CacheConfigException("Cache '" + settings.name() + "'", List.of(reason));
        }
    }

    /** Completes with null when the cache is synchronised, or was not reached at first; else with what is wrong. */
    private void attempt(CacheEngine<?, ?> engine, CacheTerms terms, CompletableFuture<@Nullable String> fault) {
        if (closed) {
            fault.complete(null);
            return;
        }
        CompletableFuture<Opening> unused = openingOf(engine, terms).whenComplete((result, failure) -> {
            if (failure != null) {
                onUnreachable(engine, terms, fault, failure);
            } else if (result instanceof Opening.Refused refused) {
                onRefused(terms, fault, refused.reason());
            } else {
                announce();
                Subscription subscription = engine.attach(((Opening.Agreed) result).cache(), deadlines, breaker);
                subscription.onFirstConfirmation(() -> fault.complete(null));
                session.add(subscription);
            }
        });
    }

    /** Of a cache that writes behind, the tier must keep a journal, and not lose what the origin does not have yet. */
    private CompletableFuture<Opening> openingOf(CacheEngine<?, ?> engine, CacheTerms terms) {
        CompletableFuture<Opening> opening = opening(terms);
        if (!engine.writesBehind()) {
            return opening;
        }
        return opening.thenCombine(remote.durability(), (result, durability) -> {
            if (result instanceof Opening.Agreed agreed
                    && agreed.cache().journal().isEmpty()) {
                return new Opening.Refused(
                        "writePolicy(behind()) needs a remote tier that keeps journals, which this one does not");
            }
            if (!durability.faults().isEmpty()) {
                return new Opening.Refused(String.join("; ", durability.faults()));
            }
            if (!durability.warnings().isEmpty()) {
                LOG.log(
                        Level.WARNING,
                        "Cache '" + terms.cache() + "' writes behind its callers over " + remote + "; but: "
                                + String.join("; ", durability.warnings()));
            }
            return result;
        });
    }

    /** An answer that comes after the time limit is not looked at: another attempt is under way. */
    private CompletableFuture<Opening> opening(CacheTerms terms) {
        CompletableFuture<Opening> limited = new CompletableFuture<>();
        try {
            CompletableFuture<Opening> unused = remote.open(terms).whenComplete((result, failure) -> {
                if (failure == null) {
                    limited.complete(result);
                } else {
                    limited.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            limited.completeExceptionally(e);
        }
        if (!limited.isDone()) {
            clock.after(
                    TimeUnit.MILLISECONDS.toNanos(BUILD_WAIT_MILLIS),
                    () -> limited.completeExceptionally(
                            new TimeoutException("no answer within " + BUILD_WAIT_MILLIS + " ms")));
        }
        return limited;
    }

    /** One line when the remote tier is first reached: what it can promise, and what takes from that. */
    private void announce() {
        if (!announced.compareAndSet(false, true)) {
            return;
        }
        CompletableFuture<Guarantee> unused = remote.guarantee().whenComplete((guarantee, failure) -> {
            if (guarantee == null) {
                announced.set(false);
                LOG.log(Level.DEBUG, remote + " does not say what it can promise", failure);
                return;
            }
            String promise = guarantee.bounded()
                    ? "reads are never older than each cache's staleness bound"
                    : "NO staleness bound: values may be served until their time to live is over";
            String but = guarantee.warnings().isEmpty() ? "" : "; but: " + String.join("; ", guarantee.warnings());
            LOG.log(
                    guarantee.bounded() && but.isEmpty() ? Level.INFO : Level.WARNING,
                    "Crema '" + node + "' over " + guarantee.transport() + ": " + promise + but);
        });
    }

    private void onUnreachable(
            CacheEngine<?, ?> engine, CacheTerms terms, CompletableFuture<@Nullable String> fault, Throwable failure) {
        if (fault.complete(null)) {
            LOG.log(
                    Level.WARNING,
                    "Cache '" + terms.cache() + "': " + remote
                            + " cannot be reached; working without it and trying on: " + Futures.unwrapped(failure));
        }
        long delay = REOPEN_NANOS / 2 + tokens.between(0, REOPEN_NANOS);
        clock.after(delay, () -> attempt(engine, terms, fault));
    }

    private void onRefused(CacheTerms terms, CompletableFuture<@Nullable String> fault, String reason) {
        if (!fault.complete(reason)) {
            LOG.log(Level.ERROR, "Cache '" + terms.cache() + "' stays without " + remote + ": " + reason);
        }
    }

    private static @Nullable String awaitUpTo(CompletableFuture<@Nullable String> fault) {
        try {
            return fault.get(BUILD_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (TimeoutException | ExecutionException e) {
            // It goes on in the background.
            return null;
        }
    }

    /** As {@link #close()}, but first, for no longer than an operation may take, waits for the last ones to end. */
    public void closeAfter(CompletableFuture<Void> last) {
        Threads.limitedInRealTime(last, remote.timeLimit()).join();
        close();
    }

    /** Everything that waits for the remote tier gets no answer. */
    public void close() {
        closed = true;
        session.close();
        breaker.end();
        deadlines.close();
    }
}
