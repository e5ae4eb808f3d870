package io.crema.postgres.internal.bus;

import io.crema.postgres.internal.Backoff;
import io.crema.postgres.internal.PostgresSession;
import io.crema.postgres.internal.PostgresSource;
import io.crema.postgres.internal.RareLog;
import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.InvalidationBus;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGNotification;

/**
 * Listens on one connection, by one thread. Requests are executed on the {@link Writer}'s connection and end with a
 * notification to a channel that only this connection listens to: the reply. The server has one queue for all
 * notifications, in the order of commits, so a reply that comes has behind it everything that was committed before, and it
 * comes only if both connections reach the same writable server.
 */
public final class PostgresBus implements InvalidationBus {

    private static final int WAIT_MILLIS = 200;

    private final PostgresSource source;
    private final Writer writer;
    private final String namespace;
    private final Function<String, Integer> partitionsOf;
    private final RareLog log = new RareLog(System.getLogger(PostgresBus.class.getName()));
    private final CountDownLatch closing = new CountDownLatch(1);

    /** The listener hears one thing at a time. */
    private final Object delivery = new Object();

    private volatile @Nullable Link current;
    private @Nullable BusListener listener;

    /** @param partitionsOf the number of key partitions of an opened cache; 0 = not opened */
    public PostgresBus(PostgresSource source, Writer writer, String namespace, Function<String, Integer> partitionsOf) {
        this.source = source;
        this.writer = writer;
        this.namespace = namespace;
        this.partitionsOf = partitionsOf;
    }

    @Override
    public void start(BusListener told) {
        synchronized (delivery) {
            if (listener != null) {
                throw new IllegalStateException(
                        "This remote tier is in use by a Crema, or was; give each Crema one of its own");
            }
            listener = told;
        }
        Thread thread = new Thread(() -> run(told), "crema-postgres-bus");
        thread.setDaemon(true);
        thread.start();
    }

    public void close() {
        closing.countDown();
        Link link = current;
        if (link != null) {
            link.reset();
        }
    }

    private void run(BusListener told) {
        Backoff backoff = new Backoff();
        boolean ended = false;
        while (!ended && closing.getCount() > 0) {
            try (PostgresSession session = source.open()) {
                listen(session, told, backoff);
            } catch (SQLException | RuntimeException e) {
                Link lost = current;
                if (closing.getCount() > 0 && (lost == null || !lost.dropped)) {
                    log.warn("Invalidations from " + source + " are not received, connecting again", e);
                }
            } finally {
                lose(told);
            }
            try {
                ended = closing.await(backoff.nextMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                ended = true;
            }
        }
    }

    private void listen(PostgresSession session, BusListener told, Backoff backoff) throws SQLException {
        Link link = new Link(session);
        session.execute("LISTEN \"crema:" + namespace + "\"; LISTEN \"" + link.replies + "\"");
        current = link;
        backoff.reset();
        deliver(() -> told.onConnected(link));
        while (closing.getCount() > 0 && !link.dropped) {
            for (PGNotification notification : session.notifications(WAIT_MILLIS)) {
                if (notification.getName().equals(link.replies)) {
                    link.onReply(notification.getParameter());
                } else {
                    link.onMessage(told, notification.getParameter());
                }
            }
        }
    }

    private void lose(BusListener told) {
        Link link = current;
        if (link != null) {
            current = null;
            link.lose();
            deliver(() -> told.onDisconnected(link));
        }
    }

    private void deliver(Runnable what) {
        synchronized (delivery) {
            try {
                what.run();
            } catch (RuntimeException e) {
                log.warn("What the invalidation bus told could not be applied", e);
            }
        }
    }

    private record Channel(String cache, int partition) {}

    private final class Link implements BusConnection {

        private final PostgresSession session;
        private final String replies = "crema-reply:" + UUID.randomUUID();
        private final Set<Channel> subscriptions = ConcurrentHashMap.newKeySet();
        private final Map<Long, BiConsumer<@Nullable List<String>, @Nullable Throwable>> requests =
                new ConcurrentHashMap<>();
        private final AtomicLong lastRequest = new AtomicLong();
        private volatile boolean dropped;
        private volatile boolean lost;

        Link(PostgresSession session) {
            this.session = session;
        }

        @Override
        public boolean isRelayed() {
            return false;
        }

        @Override
        public Set<Integer> carries(String cache) {
            int partitions = partitionsOf.apply(cache);
            return partitions == 0
                    ? Set.of()
                    : IntStream.rangeClosed(0, partitions).boxed().collect(Collectors.toSet());
        }

        @Override
        public void subscribe(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
            Set<Integer> wanted = Set.copyOf(partitions);
            request(
                    "SELECT pg_notify(?, ?)",
                    (statement, id) -> {
                        statement.setString(1, replies);
                        statement.setString(2, id);
                    },
                    lines -> {
                        wanted.forEach(partition -> subscriptions.add(new Channel(cache, partition)));
                        return Boolean.TRUE;
                    },
                    reply);
        }

        @Override
        public void position(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
            Integer[] wanted = partitions.toArray(Integer[]::new);
            request(
                    "SELECT crema_position(?, ?, ?, ?, ?)",
                    (statement, id) -> {
                        statement.setString(1, namespace);
                        statement.setString(2, cache);
                        statement.setArray(3, statement.getConnection().createArrayOf("int4", wanted));
                        statement.setString(4, replies);
                        statement.setString(5, id);
                    },
                    lines -> position(lines, wanted),
                    reply);
        }

        private BusPosition position(List<String> lines, Integer[] wanted) {
            Map<Integer, BusPosition.At> found = new HashMap<>();
            for (Integer partition : wanted) {
                found.put(partition, new BusPosition.At(0, 0));
            }
            for (String line : lines.subList(2, lines.size())) {
                String[] fields = line.split(" ", -1);
                found.put(
                        Integer.parseInt(fields[0]),
                        new BusPosition.At(Long.parseLong(fields[1]), Long.parseLong(fields[2])));
            }
            return new BusPosition(lines.get(1), found);
        }

        /** A notification is a write: a server that only follows another one refuses it. */
        @Override
        public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
            request(
                    "SELECT pg_notify(?, ? || E'\\n' || crema_history_id())",
                    (statement, id) -> {
                        statement.setString(1, replies);
                        statement.setString(2, id);
                    },
                    lines -> lines.get(1),
                    reply);
        }

        /** Nothing is stored, so nothing is known; a clear of near tiers, which a new history empties anyway, is cheap. */
        @Override
        public long lostMillis() {
            return Long.MAX_VALUE;
        }

        @Override
        public void reset() {
            dropped = true;
            session.abort();
        }

        private <T> void request(
                String sql,
                Parameters parameters,
                Function<List<String>, T> result,
                BiConsumer<@Nullable T, @Nullable Throwable> reply) {
            long id = lastRequest.incrementAndGet();
            requests.put(id, (lines, failure) -> {
                if (lines == null) {
                    reply.accept(null, failure);
                } else {
                    reply.accept(result.apply(lines), null);
                }
            });
            if (lost || dropped) {
                fail(id, new IOException("The connection is lost"));
                return;
            }
            CompletableFuture<Boolean> unused = writer.submitFirst(connection -> {
                        try (PreparedStatement statement = connection.prepareStatement(sql)) {
                            parameters.set(statement, Long.toString(id));
                            return statement.execute();
                        }
                    })
                    .whenComplete((sent, failure) -> {
                        if (failure != null) {
                            fail(id, failure);
                        }
                    });
        }

        private void fail(long id, Throwable failure) {
            BiConsumer<@Nullable List<String>, @Nullable Throwable> request = requests.remove(id);
            if (request != null) {
                deliver(() -> request.accept(null, failure));
            }
        }

        private void onReply(String payload) {
            List<String> lines = List.of(payload.split("\n", -1));
            BiConsumer<@Nullable List<String>, @Nullable Throwable> request =
                    requests.remove(Long.parseLong(lines.get(0)));
            if (request != null) {
                deliver(() -> request.accept(lines, null));
            }
        }

        private void onMessage(BusListener told, String payload) {
            BusMessage message = BusMessage.parse(payload);
            if (message == null) {
                subscriptions.forEach(each -> deliver(() -> told.onUnreadable(this, each.cache(), each.partition())));
                return;
            }
            String cache = message.cache();
            int partition = message.partition();
            if (!subscriptions.contains(new Channel(cache, partition))) {
                return;
            }
            deliver(() -> {
                if (message.content() instanceof BusMessage.Keys keys) {
                    told.onInvalidation(this, cache, keys.invalidation());
                } else if (message.content() instanceof BusMessage.Cleared cleared) {
                    told.onClear(this, cache, partition, cleared.stamp());
                } else {
                    told.onUnreadable(this, cache, partition);
                }
            });
        }

        /** On the thread that listens; whatever is asked from now on fails where it is asked. */
        private void lose() {
            lost = true;
            requests.keySet().forEach(id -> fail(id, new IOException("The connection was lost")));
        }
    }

    @FunctionalInterface
    private interface Parameters {
        void set(PreparedStatement statement, String id) throws SQLException;
    }
}
