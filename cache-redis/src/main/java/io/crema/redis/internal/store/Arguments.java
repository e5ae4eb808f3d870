package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.RecordFormat;
import io.crema.spi.LeaseMode;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** What scripts take, as they take it. */
final class Arguments {

    /** Longer times than this, a thousand years, are cut to it, so that a sum of times stays within 48 bits. */
    private static final long MAX_MILLIS = 31_536_000_000_000L;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Arguments() {}

    /** The parts of a value, which {@code store.lua} names. */
    static void addTo(List<byte[]> values, RemoteValue value) {
        values.add(RecordFormat.head(value));
        values.add(token(value.token()));
        values.add(token(value.originVersion()));
        values.add(RecordFormat.tail(value));
        values.add(RecordFormat.body(value));
        values.add(millis(value.freshMillis()));
        values.add(millis(value.keepMillis()));
        values.add(millis(value.loadMillis()));
    }

    /** The parts of a renewal, which {@code renew.lua} names. */
    static void addTo(List<byte[]> values, Renewal renewal) {
        values.add(token(renewal.token()));
        values.add(token(renewal.originVersion()));
        values.add(RecordFormat.loadMillis(renewal.loadMillis()));
        values.add(millis(renewal.freshMillis()));
        values.add(millis(renewal.keepMillis()));
        values.add(millis(renewal.loadMillis()));
    }

    /** What every script that publishes takes first; the list grows. */
    static List<byte[]> publishing(KeyLayout layout, int partition, long atLeast) {
        List<byte[]> values = new ArrayList<>(12);
        values.add(layout.channel(partition));
        values.add(Commands.ascii(atLeast));
        return values;
    }

    static byte[] mode(LeaseMode mode) {
        return Commands.ascii(
                switch (mode) {
                    case UNLESS_FRESH -> 0;
                    case EVEN_IF_FRESH -> 1;
                    case UNLESS_REPLACED -> 2;
                });
    }

    static void addRandomTokens(List<byte[]> values, int count) {
        for (int i = 0; i < count; i++) {
            byte[] token = new byte[Long.BYTES];
            RANDOM.nextBytes(token);
            values.add(token);
        }
    }

    /** A number of 64 bits whose sign and order mean nothing to Lua. */
    static byte[] token(long token) {
        return ByteBuffer.allocate(Long.BYTES).putLong(token).array();
    }

    /** A time, cut to the longest. */
    static byte[] millis(long millis) {
        return Commands.ascii(Math.min(millis, MAX_MILLIS));
    }
}
