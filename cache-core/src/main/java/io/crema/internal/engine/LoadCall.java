package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.internal.coherence.CoherenceRules.Freshness;
import io.crema.internal.coherence.Partition;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.remote.Serialization.Decoded;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes one flight fly: asks the remote tier, asks it for the lease where there is nothing, loads, fills, installs, and
 * completes everybody. Its steps run on its runner, one at a time; each ends by starting an operation whose answer is the
 * next step, or by landing.
 */
final class LoadCall<K, V> {

    private static final long WAIT_FOR_FILL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final CacheEngine<K, V> engine;
    private final Route<K> route;
    private final ReadRequest<K, V> request;
    private final Flight<V> flight;
    private final Executor runner;

    /** Set while the lease to load the key is ours. */
    private long leaseToken;

    /** The partition's clock when it was granted. */
    private long leaseStamp;

    /** When another instance was first found to be loading; 0 = it was not. */
    private long busySince;

    private boolean passedOrigin;

    LoadCall(CacheEngine<K, V> engine, Route<K> route, ReadRequest<K, V> request, Flight<V> flight, Executor runner) {
        this.engine = engine;
        this.route = route;
        this.request = request;
        this.flight = flight;
        this.runner = runner;
        flight.runBy(runner instanceof CallerRunner caller ? caller : null);
    }

    K key() {
        return route.key();
    }

    Flight<V> flight() {
        return flight;
    }

    CacheException badLoader(String what) {
        return new CacheException("Cache '" + engine.name + "': " + what);
    }

    LoadTimer startTimer() {
        return new LoadTimer(engine.clock, engine.counters);
    }

    /** Runs a step on the runner; whatever goes wrong in it lands the flight. */
    void onRunner(Runnable step) {
        runner.execute(() -> guarded(step));
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            release();
            land(e);
        }
    }

    Route<K> route() {
        return route;
    }

    /**
     * Not while an invalidation of the key is pending, nor after a change of history before that is repaired: what is
     * there may be older than what was invalidated.
     */
    boolean mayAskRemote() {
        if (engine.outbox.holds(key())) {
            flight.bypass();
            return false;
        }
        return route.isRemote() && !engine.partitions().inDoubt();
    }

    /** The first step; on the thread that asks, so it never loads. */
    void start(@Nullable NearEntry<V> suspect) {
        guarded(() -> {
            if (!mayAskRemote()) {
                withoutRemote();
            } else if (request.isRefresh()) {
                askLease(LeaseMode.EVEN_IF_FRESH);
            } else if (suspect != null && suspect.token != 0 && suspect.partition == flight.partition) {
                revalidate(suspect);
            } else {
                read();
            }
        });
    }

    /** The first step of a call whose record was read together with others; empty = the remote tier did not answer. */
    void startWith(Answer<RemoteRecord> record) {
        guarded(() -> onRecord(record));
    }

    private Partition partition() {
        return flight.partition;
    }

    private RemoteAccess remote() {
        return route.access();
    }

    /** A suspect entry is good again if the remote tier still has the same record, whose payload is not fetched. */
    private void revalidate(NearEntry<V> suspect) {
        remote().read(route.remoteKey(), ReadMode.HEADER)
                .whenComplete((header, none) -> onRunner(() -> {
                    if (header.isPresent() && restamp(suspect, header.get())) {
                        return;
                    }
                    onHeaderOfNoUse(header);
                }));
    }

    private boolean restamp(NearEntry<V> suspect, RemoteRecord header) {
        partition().met(header.stamp());
        if (!engine.rules.revalidates(freshness(header), suspect.token, header.token())) {
            return false;
        }
        found(engine.read(route, flight, header, suspect.value));
        return true;
    }

    private void onHeaderOfNoUse(Answer<RemoteRecord> header) {
        if (header.isEmpty()) {
            withoutRemote();
        } else if (freshness(header.get()) == Freshness.USABLE) {
            read();
        } else {
            notThere(freshness(header.get()));
        }
    }

    private void read() {
        ReadMode mode = engine.readMode(request, flight);
        remote().read(route.remoteKey(), mode).whenComplete((record, none) -> onRunner(() -> onRecord(record)));
    }

    private void onRecord(Answer<RemoteRecord> answer) {
        if (answer.isEmpty()) {
            withoutRemote();
            return;
        }
        Freshness freshness = freshness(answer.get());
        if (freshness == Freshness.USABLE) {
            useOrReplace(answer.get());
        } else {
            notThere(freshness);
        }
    }

    /** The floor that came with a record counts for this instance from now on. */
    private Freshness freshness(RemoteRecord record) {
        if (record.floor() != RemoteRecord.NO_FLOOR) {
            partition().raiseFloor(record.floor());
        }
        return engine.rules.freshness(record.kind(), record.stamp(), partition().floor(), record.freshMillis());
    }

    private void useOrReplace(RemoteRecord record) {
        partition().met(record.stamp());
        Optional<Decoded<V>> decoded = engine.serialization().decode(record);
        if (decoded.isPresent()) {
            found(engine.read(route, flight, record, decoded.get().value()));
        } else if (request.isLookUp()) {
            nothing();
        } else {
            askLease(LeaseMode.EVEN_IF_FRESH);
        }
    }

    private void found(NearEntry<V> entry) {
        flight.foundInRemote();
        land(entry, Install.YES);
    }

    private void notThere(Freshness freshness) {
        if (request.isLookUp()) {
            nothing();
        } else if (freshness == Freshness.QUARANTINED) {
            loadInQuarantine();
        } else if (freshness == Freshness.OPAQUE) {
            load();
        } else {
            askLease(LeaseMode.UNLESS_FRESH);
        }
    }

    private void nothing() {
        engine.flights.finish(key(), request.purpose(), flight);
        flight.result.complete(Optional.empty());
        passOrigin();
    }

    /** The remote tier gave no answer, or there is none: the origin is asked, and nobody else is told. */
    private void withoutRemote() {
        if (request.isLookUp()) {
            nothing();
        } else if (engine.quarantinePath.local().holds(key())) {
            loadInQuarantine();
        } else {
            load();
        }
    }

    /** The origin may change at any moment: nobody joins who comes later, and nothing is kept. */
    private void loadInQuarantine() {
        flight.detach();
        load();
    }

    /** Each request has a token of its own, so that a copy that comes late leaves a lease that nobody fills. */
    private void askLease(LeaseMode mode) {
        long token = engine.tokens.next();
        remote().lease(route.remoteKey(), token, mode, partition().highest())
                .whenComplete((reply, none) -> onRunner(() -> onLease(reply, token, mode)));
    }

    private void onLease(Answer<LeaseReply> reply, long token, LeaseMode mode) {
        if (reply.isEmpty()) {
            remote().release(route.remoteKey(), token);
            load();
        } else if (reply.get() instanceof LeaseReply.Refused refused) {
            onRefusedLease(refused.current(), mode);
        } else if (reply.get() instanceof LeaseReply.Granted granted) {
            leaseToken = token;
            leaseStamp = granted.stamp();
            load();
        }
    }

    private void onRefusedLease(RemoteRecord current, LeaseMode mode) {
        Freshness freshness = freshness(current);
        if (freshness == Freshness.QUARANTINED) {
            loadInQuarantine();
        } else if (freshness == Freshness.OPAQUE) {
            load();
        } else if (freshness == Freshness.USABLE && mode == LeaseMode.UNLESS_FRESH) {
            useOrReplace(current);
        } else {
            waitForFill(mode);
        }
    }

    /** Another instance is loading. If it takes too long, this one loads for itself. */
    private void waitForFill(LeaseMode mode) {
        engine.requireOpen();
        passOrigin();
        long now = engine.clock.exact();
        if (busySince == 0) {
            busySince = now;
        }
        if (now - busySince >= WAIT_FOR_FILL_NANOS) {
            load();
            return;
        }
        // About as long again as it has waited: most loads are short, and long ones are not asked after often.
        long most = Math.max(SHORTEST_POLL_NANOS, Math.min(LONGEST_POLL_NANOS, 2 * (now - busySince)));
        long delay = ThreadLocalRandom.current().nextLong(most / 2, most);
        engine.clock.after(delay, () -> onRunner(() -> askLease(mode)));
    }

    private void load() {
        onRunner(() -> {
            // Closing gives no answer to what is asked of the remote tier, and that must not reach the origin.
            engine.requireOpen();
            passedOrigin = true;
            request.requiredOrigin().load(this);
        });
    }

    /** The origin gave a value; null = it has none. */
    void loaded(@Nullable V value, LoadTimer timer) {
        guarded(() -> {
            long freshNanos = engine.freshNanos(value);
            NearEntry<V> own = engine.loaded(route, flight, value, timer.began(), freshNanos);
            if (freshNanos == CacheEngine.NOT_CACHED) {
                notCached(own);
            } else if (leaseToken != 0) {
                fill(value, timer, freshNanos, own);
            } else {
                land(own, Install.YES);
            }
        });
    }

    /** A null that is not cached must not leave behind the value that a refresh was to replace. */
    private void notCached(NearEntry<V> nothing) {
        release();
        if (!request.isRefresh()) {
            land(nothing, Install.NO);
            return;
        }
        engine.writePath
                .invalidate(key())
                .whenComplete((removed, failure) -> onRunner(() -> {
                    if (failure == null) {
                        land(nothing, Install.NO);
                    } else {
                        land(failure);
                    }
                }));
    }

    private void fill(@Nullable V value, LoadTimer timer, long freshNanos, NearEntry<V> own) {
        RemoteValue remoteValue = engine.serialization().value(engine.tokens.next(), value, freshNanos, timer.nanos());
        remote().fill(
                        route.remoteKey(),
                        leaseToken,
                        leaseStamp,
                        remoteValue,
                        partition().highest())
                .whenComplete((reply, none) -> onRunner(() -> onFill(reply, remoteValue, own)));
    }

    private void onFill(Answer<StoreReply> reply, RemoteValue remoteValue, NearEntry<V> own) {
        if (reply.isEmpty()) {
            release();
            land(own, Install.YES);
        } else if (reply.get() instanceof StoreReply.Stored stored) {
            leaseToken = 0;
            partition().met(stored.stamp());
            land(engine.stored(own, stored, remoteValue), Install.YES);
        } else {
            leaseToken = 0;
            engine.counters.fillsRefused.increment();
            land(own, Install.NO);
        }
    }

    /** The origin failed. */
    void failed(Throwable failure) {
        release();
        land(failure);
    }

    private void release() {
        if (leaseToken != 0) {
            remote().release(route.remoteKey(), leaseToken);
            leaseToken = 0;
        }
    }

    private enum Install {
        YES,
        NO
    }

    /** Install, then leave the table, then wake the others: who comes later finds the entry. */
    private void land(NearEntry<V> entry, Install install) {
        if (install == Install.YES) {
            engine.install(key(), entry, flight);
        }
        engine.flights.finish(key(), request.purpose(), flight);
        flight.result.complete(Optional.of(entry));
        passOrigin();
    }

    private void land(Throwable failure) {
        engine.flights.finish(key(), request.purpose(), flight);
        flight.result.completeExceptionally(asUnchecked(failure));
        passOrigin();
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

    private void passOrigin() {
        if (!passedOrigin && !request.isLookUp()) {
            passedOrigin = true;
            request.requiredOrigin().passedBy();
        }
    }
}
