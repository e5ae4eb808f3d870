package io.crema.internal.sync;

import io.crema.internal.remote.RareLog;
import io.crema.internal.sync.Subscription.Compared;
import io.crema.internal.time.InstanceClock;
import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this instance in step with the messages of the remote tier, and the leases of its caches alive while it is.
 *
 * <p>Each partition of a cache belongs to the connection to the primary where it lies. There it is subscribed, then its
 * clock is compared with the server's; nothing missed keeps the near tier hot. Every {@link #BEAT_NANOS} a heartbeat is
 * written over each connection: its reply proves that everything published there before it was sent has been applied,
 * since both came through one FIFO. That renews the lease of each partition that was synchronised on that connection at
 * the reply; no reply, no renewal, and the near tier stops serving those partitions by itself when the bound is reached.
 * Where single messages may get lost, the clocks are read after each heartbeat too, and have to be what was seen.
 *
 * <p>What is known of a partition is in its {@link PartitionSync}; the bus is called without a lock, since one in memory
 * may call back.
 */
public final class BusSession implements BusListener {

    public static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Clocks are compared this often even if nothing points to a loss. */
    private static final int BEATS_PER_AUDIT = 10;

    private static final Logger LOG = System.getLogger(BusSession.class.getName());

    private final RareLog rareLog;
    private final InvalidationBus bus;
    private final InstanceClock clock;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final List<Link> links = new CopyOnWriteArrayList<>();

    /** Touched by the clock's thread only. */
    private long beats;

    private volatile boolean closed;

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
        subscriptions.put(subscription.cacheName(), subscription);
        links.forEach(link -> join(link, subscription));
    }

    public void close() {
        closed = true;
    }

    // Connections

    @Override
    public void onConnected(BusConnection made) {
        Link link = new Link(made);
        links.add(link);
        subscriptions.values().forEach(subscription -> join(link, subscription));
    }

    @Override
    public void onDisconnected(BusConnection connection) {
        Link link = linkOf(connection);
        if (link == null) {
            return;
        }
        // First: nothing joins it from now on.
        link.lost();
        links.remove(link);
        subscriptions.values().forEach(subscription -> subscription.leave(link, subscription.all()));
        // Another connection may have offered to carry its partitions while they were here.
        links.forEach(other -> subscriptions.values().forEach(subscription -> join(other, subscription)));
    }

    @Override
    public void onAssigned(BusConnection connection) {
        Link link = linkOf(connection);
        if (link != null) {
            subscriptions.values().forEach(subscription -> join(link, subscription));
        }
    }

    @Override
    public void onUnsubscribed(BusConnection connection, String cache, int partition) {
        Link link = linkOf(connection);
        Subscription subscription = subscriptions.get(cache);
        if (link != null && subscription != null) {
            subscription.leave(link, Set.of(partition));
            links.forEach(other -> join(other, subscription));
        }
    }

    private @Nullable Link linkOf(BusConnection connection) {
        for (Link link : links) {
            if (link.connection == connection) {
                return link;
            }
        }
        return null;
    }

    // Messages

    @Override
    public void onInvalidation(BusConnection from, String cache, Invalidation message) {
        Subscription subscription = subscriptions.get(cache);
        if (subscription != null && subscription.apply(from, message)) {
            askPosition(from, subscription, message.partition());
        }
    }

    @Override
    public void onClear(BusConnection from, String cache, int partition, long stamp) {
        Subscription subscription = subscriptions.get(cache);
        if (subscription != null && subscription.applyClear(from, partition, stamp)) {
            askPosition(from, subscription, partition);
        }
    }

    @Override
    public void onUnreadable(BusConnection from, String cache, int partition) {
        Subscription subscription = subscriptions.get(cache);
        if (subscription != null && subscription.applyUnreadable(from, partition)) {
            askPosition(from, subscription, partition);
        }
    }

    private void askPosition(BusConnection connection, Subscription subscription, int partition) {
        Link link = linkOf(connection);
        if (link != null) {
            askPosition(link, subscription, Set.of(partition));
        }
    }

    // Synchronisation

    private void join(Link link, Subscription subscription) {
        if (closed) {
            return;
        }
        Set<Integer> joined = subscription.join(link);
        if (joined.isEmpty()) {
            return;
        }
        link.connection.subscribe(subscription.cacheName(), joined, (acknowledged, failure) -> {
            if (failure == null) {
                subscription.subscribed(link, joined);
                askPosition(link, subscription, joined);
            } else {
                leave(link, subscription, joined, "subscribe", failure);
            }
        });
    }

    /** The next heartbeat tries again. */
    private void leave(Link link, Subscription subscription, Set<Integer> those, String what, Throwable failure) {
        subscription.leave(link, those);
        if (!link.isLost()) {
            rareLog.warn(
                    "Cache '" + subscription.cacheName() + "': " + what
                            + " failed, so the near tier serves within the bound only; trying again",
                    failure);
        }
    }

    /** Not before the subscription is acknowledged, and not while a repair is under way, which ends with asking. */
    private void askPosition(Link link, Subscription subscription, Set<Integer> those) {
        Set<Integer> asked = closed ? Set.of() : subscription.beginCompare(link, those);
        if (asked.isEmpty()) {
            return;
        }
        link.connection.position(subscription.cacheName(), asked, (position, failure) -> {
            if (position != null) {
                onPosition(link, subscription, asked, position);
            } else {
                leave(link, subscription, asked, "reading the clocks", Objects.requireNonNull(failure));
            }
        });
    }

    private void onPosition(Link link, Subscription subscription, Set<Integer> asked, BusPosition position) {
        Compared compared = subscription.compare(link, asked, position);
        if (!compared.toRepair().isEmpty()) {
            repair(link, subscription, compared.toRepair(), position.history());
        }
        if (compared.newlySynchronised()) {
            sendBeat(link);
        }
    }

    private void repair(Link link, Subscription subscription, List<PartitionSync> those, String history) {
        subscription.repairs().repair(those, history, (repaired, failed) -> {
            failed.forEach(sync -> sync.repairFailed(link));
            askPosition(
                    link,
                    subscription,
                    repaired.stream()
                            .filter(sync -> sync.repaired(link))
                            .map(sync -> sync.partition().index())
                            .collect(Collectors.toSet()));
        });
    }

    // Heartbeats

    private void beat() {
        if (closed) {
            return;
        }
        clock.after(BEAT_NANOS, this::beat);
        boolean audit = ++beats % BEATS_PER_AUDIT == 0;
        links.forEach(link -> beat(link, audit));
    }

    private void beat(Link link, boolean audit) {
        if (link.isDead()) {
            LOG.log(Level.WARNING, "An invalidation connection does not answer; making a new one");
            link.connection.reset();
            return;
        }
        for (Subscription subscription : subscriptions.values()) {
            join(link, subscription);
            askPosition(link, subscription, audit ? subscription.all() : subscription.suspects(link));
        }
        sendBeat(link);
    }

    private void sendBeat(Link link) {
        if (closed) {
            return;
        }
        link.beatSent();
        // Before the request is sent: what the reply proves is true at least until here.
        long sent = clock.exact();
        link.connection.heartbeat((history, failure) -> {
            if (history != null) {
                link.beatAnswered();
                onBeat(link, sent, history);
            } else if (!link.isLost()) {
                rareLog.warn(
                        "A heartbeat failed, so the near tiers' leases are not renewed",
                        Objects.requireNonNull(failure));
            }
        });
    }

    private void onBeat(Link link, long sent, String history) {
        for (Subscription subscription : subscriptions.values()) {
            if (link.connection.isRelayed()) {
                confirmRelayed(link, subscription, sent, subscription.toConfirm(link, history));
            } else {
                subscription.confirm(link, history, sent);
            }
        }
    }

    private void confirmRelayed(Link link, Subscription subscription, long sent, Set<Integer> those) {
        if (those.isEmpty()) {
            return;
        }
        link.connection.position(subscription.cacheName(), those, (position, failure) -> {
            if (position != null) {
                askPosition(link, subscription, subscription.confirmRelayed(link, those, position, sent));
            } else {
                leave(link, subscription, those, "reading the clocks", Objects.requireNonNull(failure));
            }
        });
    }
}
