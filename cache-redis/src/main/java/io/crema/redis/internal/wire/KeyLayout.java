package io.crema.redis.internal.wire;

import io.crema.spi.RemoteKey;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The names of a cache's keys and channels. All of a partition lies in one hash slot, so that one script can change a
 * record, advance the clock and publish; partition p's slot lies in the p-th of P equal ranges of the slots.
 *
 * <p>Immutable. The arrays handed out are shared and must not be written.
 */
public final class KeyLayout {

    /** The most partitions that a cache may have. */
    public static final int MAX_PARTITIONS = 256;

    /** The longest serialized key; its length must fit the 16 bits it has in a message. */
    public static final int MAX_KEY_BYTES = 65_000;

    private static final int SEED = 0;

    private final String[] prefixes;
    private final byte[][] clocks;
    private final byte[][] floors;
    private final byte[][] epochs;
    private final byte[][] journals;
    private final byte[][] owners;
    private final byte[][] deadLetters;
    private final byte[][] revivables;
    private final byte[] members;
    private final byte[][] channels;
    private final byte[][] entryPrefixes;

    /** @param database the number of the database that holds the keys; channels are of all databases of a server */
    public KeyLayout(String namespace, String cache, int partitions, int database) {
        if (partitions < 1 || partitions > MAX_PARTITIONS) {
            throw new IllegalArgumentException(
                    "Cache " + cache + ": partitions must be 1 to " + MAX_PARTITIONS + ", but are " + partitions);
        }
        prefixes = new String[partitions + 1];
        for (int p = 0; p < partitions; p++) {
            prefixes[p] = prefix(namespace + ":" + cache, p, partitions);
        }
        prefixes[partitions] = "{" + namespace + ":" + cache + ":t:0}";
        clocks = names("", "clk");
        floors = names("", "floor");
        epochs = names("", "epoch");
        journals = names("", "wb");
        owners = names("", "wbo");
        deadLetters = names("", "wbd");
        revivables = names("", "wbk");
        members = utf8(prefixes[partitions] + "wbm");
        channels = names(channelStart(database), "");
        entryPrefixes = names("", "k:");
    }

    /** Refuses names that cannot be a part of a slot prefix; {@code what} says in the error what it names. */
    public static String requireName(String what, String name) {
        if (name.isEmpty() || name.indexOf('{') >= 0 || name.indexOf('}') >= 0) {
            throw new IllegalArgumentException("A " + what
                    + " must not be empty nor contain { or }, which mark the hash slot of a Redis key; but it is \""
                    + name + "\"");
        }
        return name;
    }

    /** Holds the {@link CacheMeta} of a cache. */
    public static byte[] meta(String namespace, String cache) {
        return utf8(namespace + ":" + cache + ":meta");
    }

    /** Written by the heartbeats of one instance. No cache has an empty name, so nothing else has this name. */
    public static byte[] heartbeat(String namespace, String instance) {
        return utf8(namespace + "::hb:" + instance);
    }

    /** A slot prefix that no cache has, below which an instance tries what it is allowed to do. */
    public static String probePrefix(String namespace, int x) {
        return "{" + namespace + "::probe:" + x + "}";
    }

    /** What lies below a prefix in a database, be it that of a partition, has this channel. */
    public static String channel(String prefix, int database) {
        return channelStart(database) + prefix;
    }

    private static String channelStart(int database) {
        return database == 0 ? "inv:" : "inv:" + database + ":";
    }

    /** The number of partitions for keys; the one more, of that number, is that of the tags. */
    public int partitions() {
        return prefixes.length - 1;
    }

    public int partitionOf(byte[] key) {
        return Integer.remainderUnsigned(Murmur3.hash(key, SEED), partitions());
    }

    /** The slot prefix of a partition, with its braces. */
    public String prefix(int partition) {
        return prefixes[partition];
    }

    public byte[] clock(int partition) {
        return clocks[partition];
    }

    public byte[] floor(int partition) {
        return floors[partition];
    }

    public byte[] epoch(int partition) {
        return epochs[partition];
    }

    /** A stream: the writes that the origin has not yet. */
    public byte[] journal(int partition) {
        return journals[partition];
    }

    /** Who writes the journal to the origin. */
    public byte[] owner(int partition) {
        return owners[partition];
    }

    /** A sorted set: the writes that were given up, by their id. */
    public byte[] deadLetters(int partition) {
        return deadLetters[partition];
    }

    /** A hash: by key, which dead letter may be put back. */
    public byte[] revivable(int partition) {
        return revivables[partition];
    }

    /** A sorted set: the instances that write journals, by the time until which each counts as alive. */
    public byte[] members() {
        return members;
    }

    public byte[] channel(int partition) {
        return channels[partition];
    }

    /** The name of the record of a key; a new array. */
    public byte[] entry(RemoteKey key) {
        byte[] bytes = key.bytes();
        if (bytes.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "A serialized key has " + bytes.length + " bytes; more than " + MAX_KEY_BYTES + " cannot be sent");
        }
        byte[] prefix = entryPrefixes[key.partition()];
        byte[] name = Arrays.copyOf(prefix, prefix.length + bytes.length);
        System.arraycopy(bytes, 0, name, prefix.length, bytes.length);
        return name;
    }

    private byte[][] names(String before, String after) {
        byte[][] names = new byte[prefixes.length][];
        for (int p = 0; p < names.length; p++) {
            names[p] = utf8(before + prefixes[p] + after);
        }
        return names;
    }

    /** Tries x = 0, 1, 2.. until the slot fits; each try does with a chance of one in P. */
    private static String prefix(String name, int partition, int partitions) {
        int from = partition * SlotHash.SLOT_COUNT / partitions;
        int to = (partition + 1) * SlotHash.SLOT_COUNT / partitions;
        for (int x = 0; ; x++) {
            String prefix = "{" + name + ":" + partition + ":" + x + "}";
            int slot = SlotHash.getSlot(utf8(prefix));
            if (slot >= from && slot < to) {
                return prefix;
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
