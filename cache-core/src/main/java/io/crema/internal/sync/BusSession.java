package io.crema.internal.sync;

import io.crema.internal.coherence.CoherenceRules.Sequence;
import io.crema.internal.coherence.Partition;
import io.crema.internal.remote.RareLog;
import io.crema.internal.sync.Subscription.State;
import io.crema.internal.time.InstanceClock;
import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Repair;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this instance in step with the messages of the remote tier, and the leases of its caches alive while it is.
 *
 * <p>On each connection a cache subscribes, waits for the acknowledgement, then compares its partitions' clocks with the
 * server's; nothing missed keeps the near tier hot. Every {@link #BEAT_NANOS} a heartbeat is written over the same
 * connection: its reply proves that everything published before it was sent has been applied, since both came through one
 * FIFO. That renews the lease of each cache that was synchronised at the reply; no reply, no renewal, and the near tier
 * stops serving by itself when the bound is reached.
 *
 * <p>State is guarded by this object's lock; the bus is called without it, since an in-memory bus may call back.
 */
public final class BusSession implements BusListener {

    public static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Clocks are compared this often even if nothing points to a loss. */
    private static final int BEATS_PER_AUDIT = 10;

    private static final int MISSED_BEATS_TO_RESET = 2;

    private static final Logger LOG = System.getLogger(BusSession.class.getName());

    private final RareLog rareLog;
    private final InvalidationBus bus;
    private final InstanceClock clock;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

    private @Nullable BusConnection connection;
    private int missedBeats;
    private boolean beatUnderWay;
    private long beats;
    private boolean closed;

    public BusSession(InvalidationBus bus, InstanceClock clock) {
        this.bus = bus;
        this.clock = clock;
        this.rareLog = new RareLog(LOG, clock);
    }

    public void start() {
        bus.start(this);
        clock.after(BEAT_NANOS, this::beat);
    }

    public void add(Subscription subscription) {
        subscriptions.put(subscription.cache().name(), subscription);
        join(subscription);
    }

    public synchronized void close() {
        closed = true;
    }

    @Override
    public void onConnected(BusConnection made) {
        synchronized (this) {
            connection = made;
            missedBeats = 0;
            beatUnderWay = false;
            subscriptions.values().forEach(BusSession::forget);
        }
        subscriptions.values().forEach(this::join);
    }

    @Override
    public void onDisconnected(BusConnection lost) {
        synchronized (this) {
            if (lost != connection) {
                return;
            }
            connection = null;
            subscriptions.values().forEach(BusSession::forget);
        }
    }

    private static Set<Integer> all(Subscription subscription) {
        return subscription.partitions().all().stream().map(Partition::index).collect(Collectors.toSet());
    }

    private static void forget(Subscription subscription) {
        subscription.state = State.IDLE;
        subscription.positionAsked = false;
    }

    @Override
    public void onAssigned(BusConnection to) {}

    @Override
    public void onUnsubscribed(BusConnection from, String cache, int partition) {}

    @Override
    public void onInvalidation(BusConnection from, String cache, Invalidation message) {
        Subscription subscription = subscriptions.get(cache);
        if (subscription != null) {
            follow(subscription, subscription.apply(message));
        }
    }

    @Override
    public void onClear(BusConnection from, String cache, int partition, long stamp) {
        Subscription subscription = subscriptions.get(cache);
        if (subscription != null) {
            follow(subscription, subscription.applyClear(partition, stamp));
        }
    }

    @Override
    public void onUnreadable(BusConnection from, String cache, int partition) {
        Subscription subscription = subscriptions.get(cache);
        if (subscription != null) {
            follow(subscription, subscription.applyUnreadable(partition));
        }
    }

    private void follow(Subscription subscription, Sequence sequence) {
        if (sequence == Sequence.GAP || sequence == Sequence.WENT_BACK) {
            if (sequence == Sequence.WENT_BACK) {
                synchronized (this) {
                    if (subscription.state == State.SYNCHRONISED) {
                        subscription.state = State.JOINING;
                    }
                }
            }
            askPosition(subscription);
        }
    }

    private void join(Subscription subscription) {
        BusConnection mine;
        synchronized (this) {
            mine = connection;
            if (mine == null || closed || subscription.state != State.IDLE) {
                return;
            }
            subscription.state = State.SUBSCRIBING;
        }
        mine.subscribe(subscription.cache().name(), all(subscription), (acknowledged, failure) -> {
            if (failure == null) {
                onSubscribed(subscription, mine);
            } else {
                backToIdle(subscription, mine, "subscribe", failure);
            }
        });
    }

    private void onSubscribed(Subscription subscription, BusConnection mine) {
        synchronized (this) {
            if (mine != connection || subscription.state != State.SUBSCRIBING) {
                return;
            }
            subscription.state = State.JOINING;
        }
        askPosition(subscription);
    }

    /** The next heartbeat tries again. */
    private synchronized void backToIdle(
            Subscription subscription, BusConnection mine, String what, Throwable failure) {
        if (mine == connection) {
            forget(subscription);
            rareLog.warn(
                    "Cache '" + subscription.cache().name() + "': " + what
                            + " failed, so the near tier serves within the bound only; trying again",
                    failure);
        }
    }

    /** Not before the subscription is acknowledged, and not while a repair is under way, which ends with asking. */
    private void askPosition(Subscription subscription) {
        BusConnection mine;
        synchronized (this) {
            mine = connection;
            if (mine == null || closed || subscription.positionAsked || !subscription.state.mayCompare()) {
                return;
            }
            subscription.positionAsked = true;
        }
        mine.position(subscription.cache().name(), all(subscription), (position, failure) -> {
            if (position != null) {
                onPosition(subscription, mine, position);
            } else {
                backToIdle(subscription, mine, "reading the clocks", Objects.requireNonNull(failure));
            }
        });
    }

    private void onPosition(Subscription subscription, BusConnection mine, BusPosition position) {
        boolean wasSynchronised;
        boolean repair;
        synchronized (this) {
            if (mine != connection) {
                return;
            }
            wasSynchronised = subscription.state == State.SYNCHRONISED;
            subscription.positionAsked = false;
            if (!subscription.resynchronise(position)) {
                subscription.repairNeeded = true;
            }
            repair = subscription.repairNeeded;
            subscription.partitions().inDoubt(repair);
            subscription.state = repair ? State.REPAIRING : State.SYNCHRONISED;
        }
        if (repair) {
            repair(subscription, mine, position.history());
        } else if (!wasSynchronised) {
            sendBeat();
        }
    }

    /** What was stored may be older than what was invalidated: everything is cleared, then compared anew. */
    private void repair(Subscription subscription, BusConnection mine, String history) {
        LOG.log(
                Level.WARNING,
                "Cache '" + subscription.cache().name()
                        + "': the remote tier's history changed (restart, failover, flush); clearing the cache");
        CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
        for (Partition partition : subscription.partitions().all()) {
            all = all.thenCombine(
                    subscription.access().repair(partition.index(), history, Repair.CLEAR, partition.highest()),
                    (before, here) -> before && here.isPresent());
        }
        CompletableFuture<Void> unused = all.thenAccept(done -> onRepaired(subscription, mine, done));
    }

    private void onRepaired(Subscription subscription, BusConnection mine, boolean done) {
        synchronized (this) {
            if (mine != connection || subscription.state != State.REPAIRING) {
                return;
            }
            subscription.repairNeeded = !done;
            // If it is not done, the next heartbeat joins again, and that leads back here.
            subscription.state = done ? State.JOINING : State.IDLE;
            subscription.positionAsked = false;
        }
        if (done) {
            askPosition(subscription);
        }
    }

    private void beat() {
        boolean audit;
        boolean reset;
        BusConnection mine;
        synchronized (this) {
            if (closed) {
                return;
            }
            clock.after(BEAT_NANOS, this::beat);
            mine = connection;
            if (mine == null) {
                return;
            }
            missedBeats = beatUnderWay ? missedBeats + 1 : 0;
            reset = missedBeats >= MISSED_BEATS_TO_RESET;
            audit = ++beats % BEATS_PER_AUDIT == 0;
        }
        if (reset) {
            LOG.log(Level.WARNING, "The invalidation connection does not answer; making a new one");
            mine.reset();
            return;
        }
        subscriptions.values().forEach(this::join);
        for (Subscription subscription : subscriptions.values()) {
            if (audit || isSuspect(subscription)) {
                askPosition(subscription);
            }
        }
        sendBeat();
    }

    private synchronized boolean isSuspect(Subscription subscription) {
        return subscription.state == State.SUSPECT;
    }

    private void sendBeat() {
        BusConnection mine;
        synchronized (this) {
            mine = connection;
            if (mine == null || closed) {
                return;
            }
            beatUnderWay = true;
        }
        // Before the request is sent: what the reply proves is true at least until here.
        long sent = clock.exact();
        mine.heartbeat((history, failure) -> onBeat(mine, sent, history, failure));
    }

    private void onBeat(BusConnection mine, long sent, @Nullable String history, @Nullable Throwable failure) {
        synchronized (this) {
            if (mine != connection) {
                return;
            }
            if (history == null) {
                rareLog.warn(
                        "A heartbeat failed, so the near tiers' leases are not renewed",
                        Objects.requireNonNull(failure));
                return;
            }
            beatUnderWay = false;
            for (Subscription subscription : subscriptions.values()) {
                if (subscription.state == State.SYNCHRONISED) {
                    if (subscription.hasHistory(history)) {
                        subscription.confirm(sent);
                    } else {
                        // Not asked at once: two answers that went on disagreeing would chase each other.
                        subscription.state = State.SUSPECT;
                    }
                }
            }
        }
    }
}
