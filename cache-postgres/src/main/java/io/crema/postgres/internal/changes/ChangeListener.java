package io.crema.postgres.internal.changes;

import io.crema.postgres.internal.Backoff;
import io.crema.postgres.internal.PostgresSession;
import io.crema.postgres.internal.PostgresSource;
import io.crema.postgres.internal.RareLog;
import io.crema.postgres.internal.changes.Feed.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGNotification;

/**
 * Listens on one connection, by one thread, and turns what comes into invalidations.
 *
 * <p>Of the instances of a group one forwards, the one that holds an advisory lock on its listening connection; the others
 * keep what they receive. The forwarder sends a mark every second over the same channel. When it receives its own mark it
 * has applied all that came before, and the next mark says so; then the others drop that much. Whoever gets the lock,
 * because the old forwarder's session ended, applies what it still keeps, and clears only if it joined too late to know
 * (so does the first instance). What stays unconfirmed for {@link #PATIENCE_NANOS} although somebody holds the lock,
 * since that process is stopped or its remote tier is away, is applied by the others as well: twice does no harm.
 */
public final class ChangeListener implements Runnable {

    private static final Logger LOG = System.getLogger(ChangeListener.class.getName());

    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int LONGEST_WAIT_MILLIS = 200;
    private static final int MOST_MISSING_MARKS = 5;

    private final PostgresSource source;
    private final Map<String, Feed<?>> feeds;

    /** Null = each instance applies what it receives. */
    private final @Nullable String group;

    private final RareLog log = new RareLog(LOG);
    private final CountDownLatch closing = new CountDownLatch(1);

    private volatile boolean connected;
    private volatile boolean forwarding;
    private volatile @Nullable PostgresSession current;

    // Of the current connection, confined to the thread.
    private Backlog backlog = new Backlog();
    private String forwarder = "";
    private long sentMark;
    private long receivedMark;
    private long appliedMark;
    private long confirmFrom;

    public ChangeListener(PostgresSource source, Map<String, Feed<?>> feeds, @Nullable String group) {
        this.source = source;
        this.feeds = Map.copyOf(feeds);
        this.group = group;
    }

    public boolean isConnected() {
        return connected;
    }

    public boolean isForwarding() {
        return forwarding;
    }

    /** The thread ends soon after. */
    public void close() {
        closing.countDown();
    }

    /** For a thread that does not end by itself. */
    public void abort() {
        PostgresSession session = current;
        if (session != null) {
            session.abort();
        }
    }

    @Override
    public void run() {
        Backoff backoff = new Backoff();
        boolean interrupted = false;
        while (!interrupted && closing.getCount() > 0) {
            try (PostgresSession session = source.open()) {
                current = session;
                listen(session, backoff);
            } catch (SQLException | RuntimeException e) {
                if (closing.getCount() > 0) {
                    log.warn("Changes are not received from " + source + ", connecting again", e);
                }
            } finally {
                connected = false;
                forwarding = false;
                current = null;
            }
            try {
                interrupted = closing.await(backoff.nextMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private void listen(PostgresSession session, Backoff backoff) throws SQLException {
        backlog = new Backlog();
        forwarder = UUID.randomUUID().toString();
        sentMark = 0;
        receivedMark = 0;
        appliedMark = 0;
        confirmFrom = System.nanoTime();
        session.execute("LISTEN " + Message.CHANNEL);
        connected = true;
        if (group == null) {
            takeOver();
        }
        long nextBeat = System.nanoTime();
        while (closing.getCount() > 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(nextBeat - System.nanoTime());
            receive(session.notifications((int) Math.min(LONGEST_WAIT_MILLIS, left)));
            if (System.nanoTime() - nextBeat >= 0) {
                nextBeat = System.nanoTime() + BEAT_NANOS;
                beat(session);
                backoff.reset();
            }
        }
    }

    private void receive(List<PGNotification> notifications) {
        Batch batch = new Batch();
        long now = System.nanoTime();
        for (PGNotification notification : notifications) {
            Message message = Message.parse(notification.getParameter());
            if (message instanceof Message.Mark mark) {
                onMark(mark, now);
            } else if (message instanceof Message.Unreadable) {
                LOG.log(Level.WARNING, "A notification on " + Message.CHANNEL + " is unreadable: caches are cleared");
                feeds.keySet().forEach(feed -> onChange(new Message.Clear(feed), batch, now));
            } else {
                onChange(message, batch, now);
            }
        }
        apply(batch);
        if (forwarding && feeds.values().stream().noneMatch(Feed::hasGap) && now - confirmFrom >= 0) {
            appliedMark = receivedMark;
        }
    }

    private void onChange(Message change, Batch batch, long now) {
        if (forwarding) {
            batch.add(change);
        } else {
            backlog.add(change, now);
        }
    }

    private void onMark(Message.Mark mark, long now) {
        if (mark.forwarder().equals(forwarder)) {
            receivedMark = mark.number();
        } else if (!forwarding && mark.group().equals(group)) {
            backlog.addMark(mark, now);
        }
    }

    /** Each statement also shows that the connection lives: without an answer in time it fails. */
    private void beat(PostgresSession session) throws SQLException {
        if (group != null && !forwarding) {
            if (session.queryBoolean("SELECT pg_try_advisory_lock(hashtextextended(?, 0))", "crema_changes " + group)) {
                takeOver();
            } else {
                apply(backlog.takeOlderThan(System.nanoTime() - PATIENCE_NANOS));
            }
        }
        for (Feed<?> feed : feeds.values()) {
            if (feed.hasGap()) {
                note(feed.clear(log));
            }
        }
        if (forwarding) {
            sentMark++;
            session.notify(
                    Message.CHANNEL,
                    new Message.Mark(group == null ? "" : group, forwarder, sentMark, appliedMark).text());
            if (sentMark - receivedMark > MOST_MISSING_MARKS) {
                throw new SQLException("Notifications do not come back to the session that sent them;"
                        + " does the connection go through a pooler in transaction mode? It must be direct");
            }
        }
    }

    private void takeOver() {
        if (group == null || !backlog.isCovering()) {
            // What was changed before nobody here knows.
            feeds.values().forEach(Feed::miss);
        }
        forwarding = true;
        LOG.log(
                Level.INFO,
                "Changes from " + source + " are forwarded by this instance; before that, "
                        + (backlog.isCovering() ? "what was under way is done again" : "the caches are cleared"));
        apply(backlog.takeAll());
    }

    private void apply(Batch batch) {
        batch.feeds().forEach((name, keys) -> {
            Feed<?> feed = feeds.get(name);
            if (feed != null) {
                note(feed.apply(keys, log));
            }
        });
    }

    /** What only this process keeps is not confirmed for a while, so that the others keep it too. */
    private void note(Outcome outcome) {
        if (outcome != Outcome.DONE) {
            confirmFrom = System.nanoTime() + 2 * PATIENCE_NANOS;
        }
    }
}
