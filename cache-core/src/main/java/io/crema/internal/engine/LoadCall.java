package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.internal.coherence.CoherenceRules.Freshness;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.remote.Serialization.Decoded;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteRecord;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes one flight fly: asks the remote tier, asks it for the lease where there is nothing, loads, and completes
 * everybody; between load and landing, {@link Fill} does what there is to do. Its steps run on its runner, one at a time;
 * each ends by starting an operation whose answer is the next step, or by landing.
 */
final class LoadCall<K, V> {

    private static final long WAIT_FOR_FILL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final int MOST_LOADS_AGAIN = 2;

    private final CacheEngine<K, V> engine;
    private final Route<K> route;
    private final ReadRequest<K, V> request;
    private final Flight<V> flight;
    private final Executor runner;

    private final HeldLease lease;

    /** When another instance was first found to be loading; 0 = it was not. */
    private long busySince;

    private boolean passedOrigin;

    /** What is there seems fresh, but its tags say that it is not. */
    private boolean replacingDead;

    private int loadsAgain;

    /** What was known of the tag partition before the origin was asked. */
    private TagTable.Moment beforeOrigin;

    /** The least origin version that is accepted, once a loaded value was older; 0 = any. */
    private long leastOriginVersion;

    LoadCall(CacheEngine<K, V> engine, Route<K> route, ReadRequest<K, V> request, Flight<V> flight, Executor runner) {
        this.engine = engine;
        this.route = route;
        this.request = request;
        this.flight = flight;
        this.runner = runner;
        this.lease = new HeldLease(route);
        this.beforeOrigin = flight.began;
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
            lease.release();
            land(e);
        }
    }

    Route<K> route() {
        return route;
    }

    ReadRequest<K, V> request() {
        return request;
    }

    /** What the loader may say about its value. */
    ContextOfLoad<V> context() {
        return new ContextOfLoad<>(engine.name, leastOriginVersion, null, 0);
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
        ifAlive(header, suspect.value);
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
            ifAlive(record, decoded.get().value());
        } else if (request.isLookUp()) {
            nothing();
        } else {
            askLease(LeaseMode.EVEN_IF_FRESH);
        }
    }

    /** A fresh record is there as long as its tags are what they were when it was stored. */
    private void ifAlive(RemoteRecord record, @Nullable V value) {
        NearEntry<V> entry = engine.entries.read(route, flight, record, value);
        if (record.tags().isEmpty()) {
            flight.hasTags(null);
            found(entry);
            return;
        }
        if (isDoomed(record)) {
            flight.bypass();
            withoutRemote();
            return;
        }
        route.tags()
                .readFor(record.tags(), record.freshMillis(), engine.tagSource(request, flight))
                .whenComplete((versions, none) -> onRunner(() -> {
                    if (versions.isEmpty()) {
                        withoutRemote();
                    } else if (isDoomed(record)) {
                        // Since the versions were asked for: the primary does not know of it yet.
                        flight.bypass();
                        withoutRemote();
                    } else if (versions.get().match(record.tags())) {
                        flight.hasTags(versions.get());
                        found(entry.tagged(versions.get()));
                    } else {
                        notThereByTags();
                    }
                }));
    }

    /** Whether the invalidation of one of its tags is pending. */
    private boolean isDoomed(RemoteRecord record) {
        return record.tags().stream().anyMatch(version -> engine.outbox.holdsTag(version.tag()));
    }

    private void notThereByTags() {
        if (request.isLookUp()) {
            nothing();
        } else {
            replacingDead = true;
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
        remote().lease(route.remoteKey(), token, mode, 0, partition().highest())
                .whenComplete((reply, none) -> onRunner(() -> onLease(reply, token, mode)));
    }

    private void onLease(Answer<LeaseReply> reply, long token, LeaseMode mode) {
        if (reply.isEmpty()) {
            remote().release(route.remoteKey(), token);
            load();
        } else if (reply.get() instanceof LeaseReply.Refused refused) {
            onRefusedLease(refused.current(), mode);
        } else if (reply.get() instanceof LeaseReply.Granted) {
            lease.granted(token);
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
        long delay = engine.tokens.between(most / 2, most);
        // Whoever loads in place of dead tags leaves a value that looks as fresh as the dead one.
        Runnable next = replacingDead ? this::read : () -> askLease(mode);
        engine.clock.after(delay, () -> onRunner(next));
    }

    private void load() {
        onRunner(() -> {
            // Closing gives no answer to what is asked of the remote tier, and that must not reach the origin.
            engine.requireOpen();
            passedOrigin = true;
            beforeOrigin = route.tags().table().now();
            request.requiredOrigin().load(this);
        });
    }

    /** Loads again, because what was loaded is older than what the remote tier knows of. Returns false if often enough. */
    boolean loadAgain(long least) {
        if (loadsAgain == MOST_LOADS_AGAIN) {
            return false;
        }
        loadsAgain++;
        leastOriginVersion = least;
        load();
        return true;
    }

    /** The origin gave a value, or said that it has none. */
    void loaded(Loaded<V> loaded) {
        guarded(() -> new Fill<>(engine, this, lease, loaded, beforeOrigin).start());
    }

    /** The origin failed. */
    void failed(Throwable failure) {
        lease.release();
        land(failure);
    }

    enum Install {
        YES,
        NO
    }

    /** Install, then leave the table, then wake the others: who comes later finds the entry. */
    void land(NearEntry<V> entry, Install install) {
        if (install == Install.YES) {
            engine.install(key(), entry, flight);
        }
        engine.flights.finish(key(), request.purpose(), flight);
        flight.result.complete(Optional.of(entry));
        passOrigin();
    }

    void land(Throwable failure) {
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
