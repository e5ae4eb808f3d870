package io.crema.postgres.internal.bus;

import io.crema.spi.Invalidation;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notification on the channel of a namespace, as the functions in {@code invalidation.sql} write it.
 *
 * @param partition of that cache
 * @param content what it says; null = it cannot be read, or says that the clock jumped
 */
record BusMessage(String cache, int partition, @Nullable Content content) {

    /** What it says. */
    sealed interface Content {}

    record Keys(Invalidation invalidation) implements Content {}

    record Cleared(long stamp) implements Content {}

    /** Null if it does not even say which partition it is about. */
    static @Nullable BusMessage parse(String payload) {
        String[] lines = payload.split("\n", -1);
        int partition;
        try {
            partition = lines.length < 3 ? -1 : Integer.parseInt(lines[2]);
        } catch (NumberFormatException e) {
            partition = -1;
        }
        if (partition < 0) {
            return null;
        }
        return new BusMessage(lines[1], partition, content(lines, partition));
    }

    private static @Nullable Content content(String[] lines, int partition) {
        try {
            return switch (lines[0]) {
                case "written" -> keys(lines, partition, Invalidation.Kind.WRITTEN);
                case "expired" -> keys(lines, partition, Invalidation.Kind.EXPIRED);
                case "clear" -> new Cleared(Long.parseLong(lines[3]));
                default -> null;
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static Keys keys(String[] lines, int partition, Invalidation.Kind kind) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 6; i < lines.length; i++) {
            keys.add(Base64.getDecoder().decode(lines[i]));
        }
        long stamp = Long.parseLong(lines[3]);
        int count = Integer.parseInt(lines[4]);
        long micros = Long.parseLong(lines[5]);
        if (count != keys.size()) {
            throw new IllegalArgumentException("A message of " + count + " keys has " + keys.size());
        }
        return new Keys(new Invalidation(partition, kind, stamp, count, keys, micros));
    }
}
