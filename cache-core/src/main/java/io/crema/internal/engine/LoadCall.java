package io.crema.internal.engine;

import io.crema.CacheEntry;
import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.LoadTimeoutException;
import io.crema.Tier;
import io.crema.internal.coherence.CoherenceRules.Freshness;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.engine.Outcome.Source;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.spi.RemoteRecord;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Makes one flight fly: {@link LookUp} asks the remote tier, {@link KeyLease} gets the lease where there is nothing, a
 * {@link LoadAttempt} turns to the origin, {@link Fill} does what there is to do with its value, {@link Fallback} where
 * there is none, and this lands.
 *
 * <p>Its steps run on its runner, one after the other; each ends by starting an operation whose answer is the next step,
 * or by landing. Beside them, where the runner is the executor, there may be the step that ends it early: after the hard
 * timeout, or because nobody waits any more. Whichever lands first counts, and alone installs something.
 */
final class LoadCall<K, V> {

    private static final int MOST_LOADS_AGAIN = 2;

    final CacheEngine<K, V> engine;
    private final Route<K> route;
    private final ReadRequest<K, V> request;
    private final Flight<V> flight;
    private final Executor runner;
    private final boolean nested;
    private final CallerContext context;
    private final LookUp<K, V> lookUp;
    private final KeyLease<K, V> lease;
    private final Fallback<K, V> fallback;
    private final LoadDeadlines deadlines;

    private final AtomicBoolean passedOrigin = new AtomicBoolean();
    private int loadsAgain;

    /** What was known of the tag partition before the origin was asked. */
    private TagTable.Moment beforeOrigin;

    /** The least origin version that is accepted, once a loaded value was older; 0 = any. */
    private long leastOriginVersion;

    /** The turn to the origin that is under way, or was the last. */
    private volatile @Nullable LoadAttempt<K, V> attempt;

    /** What its value is to replace, as of when the origin was turned to. */
    private @Nullable NearEntry<V> previous;

    /** Whether the hard timeout is over. */
    private volatile boolean timedOut;

    /** Whether a step has begun to do what follows from that. */
    private final AtomicBoolean timeoutTaken = new AtomicBoolean();

    /** Whether it was given up because nobody waits any more. */
    private volatile boolean abandoned;

    private volatile boolean quarantined;
    private final AtomicBoolean landed = new AtomicBoolean();

    LoadCall(CacheEngine<K, V> engine, Route<K> route, ReadRequest<K, V> request, Flight<V> flight, Executor runner) {
        this.engine = engine;
        this.route = route;
        this.request = request;
        this.flight = flight;
        this.runner = runner;
        this.nested = engine.loaderThreads.isLoading(Thread.currentThread());
        this.context = engine.loads.policies.isTimed() ? CallerContext.capture(engine.log) : CallerContext.NONE;
        this.lookUp = new LookUp<>(this);
        this.lease = new KeyLease<>(this);
        this.fallback = new Fallback<>(this);
        this.deadlines = engine.loads.deadlines();
        this.beforeOrigin = flight.began;
        flight.runBy(runner instanceof CallerRunner caller ? caller : null);
        flight.onAbandoned(this::abandon);
        flight.needs(lease.held());
    }

    // What its parts ask

    K key() {
        return route.key();
    }

    Flight<V> flight() {
        return flight;
    }

    Route<K> route() {
        return route;
    }

    ReadRequest<K, V> request() {
        return request;
    }

    Partition partition() {
        return flight.partition;
    }

    KeyLease<K, V> lease() {
        return lease;
    }

    LookUp<K, V> lookUp() {
        return lookUp;
    }

    Fallback<K, V> fallback() {
        return fallback;
    }

    /** Whether the origin may change at any moment. */
    boolean isQuarantined() {
        return quarantined;
    }

    boolean hasLanded() {
        return landed.get();
    }

    /** Whether the thread that began it was running a loader. */
    boolean isNested() {
        return nested;
    }

    Runnable inCallersContext(Runnable task) {
        return context.wrap(task);
    }

    /** @param instead what the loader should do */
    CacheException badLoader(String what, String instead) {
        return new CacheException("Cache '" + engine.name + "': " + what + " for a key of type "
                + key().getClass().getName() + "; " + instead);
    }

    LoadTimer startTimer() {
        return new LoadTimer(engine.clock, engine.counters);
    }

    LoaderRun<K, V> newRun(List<LoadAttempt<K, V>> attempts) {
        return new LoaderRun<>(engine, attempts);
    }

    /** What a loader threw on this thread: if that is the caller's and was interrupted, it concerns nobody else. */
    Throwable explained(Throwable failure) {
        return engine.loads.policies.isTimed() ? failure : ofThisThread(failure);
    }

    private static Throwable ofThisThread(Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return Thread.currentThread().isInterrupted() ? new LoadAbandonedException(failure) : failure;
    }

    /** Runs on the runner what concerns other calls too, so that it does not end with this one. */
    void execute(Runnable task) {
        runner.execute(task);
    }

    /** Runs a step on the runner; whatever goes wrong in it lands the flight. */
    void onRunner(Runnable step) {
        onRunner(step, () -> {});
    }

    /** As {@link #onRunner(Runnable)}; what is to be done instead if it has landed throws nothing. */
    void onRunner(Runnable step, Runnable afterLanding) {
        runner.execute(() -> {
            if (landed.get()) {
                afterLanding.run();
            } else {
                guarded(step);
            }
        });
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            lease.release();
            land(e);
        }
    }

    /**
     * Not where nothing is stored; nor while an invalidation of the key is pending, nor after a change of history before
     * that is repaired: what is there may be older than what was invalidated.
     */
    boolean mayAskRemote() {
        if (engine.outbox.holds(key())) {
            flight.bypass();
            return false;
        }
        return route.isRemote() && engine.storesRemotely() && !partition().inDoubt();
    }

    // Its beginning

    /** The first step; on the thread that asks, so it never loads. */
    void start(@Nullable NearEntry<V> suspect) {
        guarded(() -> {
            if (!mayAskRemote()) {
                if (engine.writesBehind() && route.isRemote()) {
                    lookUp.readDirty();
                } else {
                    lookUp.withoutRemote();
                }
            } else if (request.isRefresh()) {
                lease.askEvenIfFresh();
            } else if (suspect != null && suspect.token != 0 && suspect.partition == flight.partition) {
                lookUp.revalidate(suspect);
            } else {
                lookUp.read();
            }
        });
    }

    /** The first step of a call whose record was read together with others; empty = the remote tier did not answer. */
    void startWith(Answer<RemoteRecord> record) {
        guarded(() -> lookUp.onRecord(record));
    }

    // The origin

    /** From now on somebody waits for an origin, be it through another instance. */
    void startDeadlines() {
        deadlines.start(fallback::onSoftTimeout, this::onHardTimeout);
    }

    void load() {
        // Closing gives no answer to what is asked of the remote tier, and that must not reach the origin.
        engine.requireOpen();
        startDeadlines();
        flight.forgetTags();
        beforeOrigin = route.tags().table().now();
        LoadAttempt<K, V> begun = new LoadAttempt<>(this, loadContext());
        // Set before it is looked whether this has ended early: of this and such an end, at least one sees the other.
        attempt = begun;
        if (abandoned || landed.get()) {
            boolean unused = begun.giveUp();
            landAbandoned();
            return;
        }
        if (timedOut && begun.giveUp()) {
            timeOut();
            return;
        }
        passedOrigin.set(true);
        request.requiredOrigin().load(begun);
    }

    private ContextOfLoad<V> loadContext() {
        NearEntry<V> known = lookUp.known();
        previous = known;
        if (known == null || quarantined || flight.isWrong(known)) {
            return new ContextOfLoad<>(engine.name, key(), leastOriginVersion, null, 0);
        }
        CacheEntry<V> described = engine.entries.describe(known, lookUp.isStored(known) ? Tier.REMOTE : Tier.NEAR);
        return new ContextOfLoad<>(
                engine.name, key(), leastOriginVersion, described, known.isExpired() ? 0 : known.originVersion);
    }

    /** The origin may change at any moment: nobody joins who comes later, and nothing is kept. */
    void loadInQuarantine() {
        quarantined = true;
        flight.detach();
        load();
    }

    /** Loads again, because what was loaded is older than what the remote tier knows of. Returns false if often enough. */
    boolean loadAgain(long least) {
        if (loadsAgain == MOST_LOADS_AGAIN || timedOut) {
            return false;
        }
        loadsAgain++;
        leastOriginVersion = least;
        load();
        return true;
    }

    /** The origin gave a value, or said that it has none. */
    void loaded(Loaded<V> loaded) {
        new Fill<>(engine, this, lease.held(), loaded, beforeOrigin).start();
    }

    /** What the loader was told that its value replaces; what has come since is not its business. */
    @Nullable
    NearEntry<V> previous() {
        return previous;
    }

    /** Whether there was, or may have been, a value that must not stay if what was loaded is not cached. */
    boolean replacesSomething() {
        return request.isRefresh() || request.isRevalidation() || previous != null;
    }

    /** Where the origin has answered in time, what is left is to store its value, which has limits of its own. */
    private void onHardTimeout() {
        timedOut = true;
        LoadAttempt<K, V> running = attempt;
        if (running == null || running.giveUp()) {
            onRunner(this::timeOut);
        }
    }

    /** The timeout and a load that begins just then may both find that it is over; one of them goes on. */
    private void timeOut() {
        if (!timeoutTaken.compareAndSet(false, true)) {
            // One that was granted after the other has looked for it.
            lease.release();
            return;
        }
        engine.counters.loadTimeouts.increment();
        LoadTimeoutException failure = engine.loads.hardTimeout(key());
        fallback.onFailure(failure, engine.loads.hardNanos());
    }

    /** Nobody waits for it any more, and the policy is to give it up then. */
    private void abandon() {
        abandoned = true;
        LoadAttempt<K, V> running = attempt;
        if (running != null) {
            boolean unused = running.giveUp();
        }
        onRunner(this::landAbandoned);
    }

    /** If it has landed, what is left is to give back a lease that was granted meanwhile. */
    private void landAbandoned() {
        fallback.releaseUnused();
        land(new LoadAbandonedException(new CancellationException("nobody waits for the load any more")));
    }

    // Its end

    enum Install {
        YES,
        NO
    }

    /** A look-up found nothing; or what was to be loaded anew behind its readers is others' business. */
    void landNothing() {
        if (!request.isLookUp()) {
            // Those who joined need a value, and look again.
            land(new LoadAbandonedException(new CancellationException("another instance loads")));
        } else if (mayLand()) {
            end();
            flight.land(Outcome.nothing());
        }
    }

    void land(NearEntry<V> entry, Source source, Install install) {
        land(entry, Outcome.of(entry, source), install);
    }

    /** Install, then leave the table, then wake the others: who comes later finds the entry. */
    void land(NearEntry<V> entry, Outcome<V> outcome, Install install) {
        if (!mayLand()) {
            return;
        }
        try {
            if (install == Install.YES) {
                engine.install(key(), entry, flight);
            }
        } catch (Throwable e) {
            landed(e);
            throw e;
        }
        end();
        flight.land(outcome);
        passOrigin();
    }

    void land(Throwable failure) {
        if (mayLand()) {
            landed(failure);
        }
    }

    private void landed(Throwable failure) {
        end();
        flight.land(asUnchecked(failure));
        passOrigin();
    }

    /** For one step only, before it installs anything: what is installed after the flight has left the table may be wrong. */
    private boolean mayLand() {
        return landed.compareAndSet(false, true);
    }

    private void end() {
        deadlines.cancel();
        engine.flights.finish(key(), request.purpose(), flight);
        if (request.isRevalidation()) {
            engine.refreshes.ended();
        }
    }

    private Throwable asUnchecked(Throwable failure) {
        Throwable cause = Futures.unwrapped(failure);
        if (cause instanceof RuntimeException || cause instanceof Error) {
            return cause;
        }
        return new CacheLoadException(
                "Cache '" + engine.name + "': the loader failed for a key of type "
                        + key().getClass().getName() + ": " + cause,
                cause);
    }

    void passOrigin() {
        if (!request.isLookUp() && passedOrigin.compareAndSet(false, true)) {
            request.requiredOrigin().passedBy();
        }
    }

    /** What a record is good for; the floor that came with it counts for this instance from now on. */
    Freshness freshness(RemoteRecord record) {
        if (record.floor() != RemoteRecord.NO_FLOOR) {
            partition().raiseFloor(record.floor());
        }
        if (record.dirty()) {
            // The origin has an older one, whatever was invalidated since.
            return Freshness.USABLE;
        }
        return engine.rules.freshness(record.kind(), record.stamp(), partition().floor(), record.freshMillis());
    }
}
