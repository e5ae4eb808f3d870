package io.crema.postgres.internal.bus;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.spi.TagReply;
import io.crema.spi.TagVersion;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One cache: clocks and floors of its partitions, but no values. */
public final class PostgresCache implements RemoteCache {

    private final Writer writer;
    private final String namespace;
    private final String name;
    private final int partitions;

    public PostgresCache(Writer writer, String namespace, String name, int partitions) {
        this.writer = writer;
        this.namespace = namespace;
        this.name = name;
        this.partitions = partitions;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int partitions() {
        return partitions;
    }

    /** Part of what instances share: never to be changed. */
    @Override
    public int partitionOf(byte[] key) {
        int hash = Arrays.hashCode(key) * 0x9E3779B9;
        return Math.floorMod(hash ^ (hash >>> 16), partitions);
    }

    @Override
    public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
        return readAll(List.of(key), mode).thenApply(records -> records.get(0));
    }

    /** There is nothing, whatever the floor. */
    @Override
    public CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode) {
        return CompletableFuture.completedFuture(
                Collections.nCopies(keys.size(), RemoteRecord.absent(RemoteRecord.NO_FLOOR)));
    }

    /** Whoever asks may load; nobody is kept from it. */
    @Override
    public CompletableFuture<LeaseReply> lease(
            RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
        return CompletableFuture.completedFuture(new LeaseReply.Granted(0));
    }

    @Override
    public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
        return CompletableFuture.completedFuture(new StoreReply.Refused());
    }

    @Override
    public CompletableFuture<StoreReply> renew(
            RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast) {
        return CompletableFuture.completedFuture(new StoreReply.Refused());
    }

    @Override
    public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * An invalidation, whose stamp lets the caller keep its own value. A quarantine's holder may not: there is no
     * quarantine here.
     */
    @Override
    public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
        return invalidate(key.partition(), "written", List.of(key), atLeast)
                .thenApply(stamp -> holder == 0
                        ? new StoreReply.Stored(stamp.stamp(), TimeUnit.MICROSECONDS.toMillis(stamp.micros()))
                        : new StoreReply.Refused());
    }

    @Override
    public CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException(
                "putIfAbsent needs a remote tier that stores values; PostgreSQL carries invalidations only"));
    }

    @Override
    public CompletableFuture<InvalidateReply> invalidate(
            int partition, List<RemoteKey> keys, long least, long atLeast) {
        return reply(keys, invalidate(partition, "written", keys, atLeast));
    }

    @Override
    public CompletableFuture<InvalidateReply> expire(int partition, List<RemoteKey> keys, long least, long atLeast) {
        return reply(keys, invalidate(partition, "expired", keys, atLeast));
    }

    private static CompletableFuture<InvalidateReply> reply(List<RemoteKey> keys, CompletableFuture<Stamp> stamp) {
        List<Boolean> none = Collections.nCopies(keys.size(), false);
        return stamp.thenApply(found -> new InvalidateReply(found.stamp(), none));
    }

    /** Nothing here would keep another instance from loading the old value meanwhile. */
    @Override
    public CompletableFuture<Long> quarantine(RemoteKey key, long holder, long millis, long atLeast) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException(
                "a quarantine needs a remote tier that stores values; PostgreSQL carries invalidations only"));
    }

    @Override
    public CompletableFuture<Long> endQuarantine(RemoteKey key, long holder, long atLeast) {
        return invalidate(key.partition(), "written", List.of(key), atLeast).thenApply(Stamp::stamp);
    }

    private record Stamp(long stamp, long micros) {}

    private CompletableFuture<Stamp> invalidate(int partition, String kind, List<RemoteKey> keys, long atLeast) {
        if (keys.isEmpty() || keys.stream().anyMatch(key -> key.partition() != partition)) {
            throw new IllegalArgumentException(
                    name + ": an invalidation names at least one key, all of partition " + partition + ", not " + keys);
        }
        byte[][] bytes = keys.stream().map(RemoteKey::bytes).toArray(byte[][]::new);
        return writer.submit(connection -> query(
                connection,
                "SELECT stamp, micros FROM crema_invalidate(?, ?, ?, ?, ?, ?)",
                statement -> {
                    statement.setString(1, namespace);
                    statement.setString(2, name);
                    statement.setInt(3, partition);
                    statement.setString(4, kind);
                    statement.setArray(5, connection.createArrayOf("bytea", bytes));
                    statement.setLong(6, atLeast);
                },
                rows -> new Stamp(rows.getLong(1), rows.getLong(2))));
    }

    @Override
    public CompletableFuture<Long> clear(int partition, long atLeast) {
        return writer.submit(connection -> query(
                connection,
                "SELECT crema_clear(?, ?, ?, ?)",
                statement -> {
                    statement.setString(1, namespace);
                    statement.setString(2, name);
                    statement.setInt(3, partition);
                    statement.setLong(4, atLeast);
                },
                rows -> rows.getLong(1)));
    }

    @Override
    public CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast) {
        return writer.submit(connection -> query(
                connection,
                "SELECT crema_repair(?, ?, ?, ?, ?, ?)",
                statement -> {
                    statement.setString(1, namespace);
                    statement.setString(2, name);
                    statement.setInt(3, partition);
                    statement.setString(4, history);
                    statement.setBoolean(5, repair == Repair.CLEAR);
                    statement.setLong(6, atLeast);
                },
                rows -> rows.getLong(1)));
    }

    @Override
    public CompletableFuture<TagReply> tagVersions(List<String> tags, long keepMillis, long atLeast) {
        List<String> asked = List.copyOf(tags);
        return writer.submit(connection -> query(
                connection,
                "SELECT clock, tags, stamps, tokens FROM crema_tag_versions(?, ?, ?, ?, ?)",
                statement -> {
                    statement.setString(1, namespace);
                    statement.setString(2, name);
                    statement.setInt(3, tagPartition());
                    statement.setArray(4, connection.createArrayOf("text", asked.toArray()));
                    statement.setLong(5, atLeast);
                },
                rows -> tagReply(rows, asked)));
    }

    private static TagReply tagReply(ResultSet rows, List<String> asked) throws SQLException {
        long clock = rows.getLong(1);
        String[] names = (String[]) array(rows, 2);
        Long[] stamps = (Long[]) array(rows, 3);
        Long[] tokens = (Long[]) array(rows, 4);
        Map<String, TagVersion> versions = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            versions.put(names[i], new TagVersion(names[i], stamps[i], tokens[i]));
        }
        return new TagReply(
                clock,
                asked.stream()
                        .map(tag -> Objects.requireNonNull(versions.get(tag), "a version of each tag"))
                        .toList());
    }

    private static Object array(ResultSet rows, int column) throws SQLException {
        Array array = rows.getArray(column);
        return array.getArray();
    }

    @Override
    public CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast) {
        return writer.submit(connection -> query(
                connection,
                "SELECT crema_invalidate_tag(?, ?, ?, ?, ?, ?, ?)",
                statement -> {
                    statement.setString(1, namespace);
                    statement.setString(2, name);
                    statement.setInt(3, tagPartition());
                    statement.setString(4, tag);
                    statement.setBytes(5, tag.getBytes(StandardCharsets.UTF_8));
                    statement.setLong(6, token);
                    statement.setLong(7, atLeast);
                },
                rows -> rows.getLong(1)));
    }

    @FunctionalInterface
    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private static <T> T query(Connection connection, String sql, Parameters parameters, Row<T> row)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            parameters.set(statement);
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    throw new SQLException("No answer to " + sql);
                }
                return row.read(rows);
            }
        }
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
