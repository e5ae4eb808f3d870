package io.crema.testkit;

import java.nio.charset.StandardCharsets;

/** Which slot of a cluster a key is in, after the Redis Cluster specification: CRC16 (XMODEM) of the key or its hash tag. */
final class HashSlot {

    private static final int POLYNOMIAL = 0x1021;
    private static final int TAG_RADIX = 36;

    private HashSlot() {}

    static int of(String key) {
        int open = key.indexOf('{');
        int close = key.indexOf('}', open + 1);
        String hashed = open >= 0 && close > open + 1 ? key.substring(open + 1, close) : key;
        int crc = 0;
        for (byte next : hashed.getBytes(StandardCharsets.UTF_8)) {
            crc ^= next << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ POLYNOMIAL;
            }
        }
        return (crc & 0xFFFF) % EmbeddedCluster.SLOTS;
    }

    /** The first number, written in base 36, that is in the slot. */
    static String tagOf(int slot) {
        if (slot < 0 || slot >= EmbeddedCluster.SLOTS) {
            throw new IllegalArgumentException("A slot is 0 to " + (EmbeddedCluster.SLOTS - 1) + ", not " + slot);
        }
        for (int number = 0; ; number++) {
            String word = Integer.toString(number, TAG_RADIX);
            if (of(word) == slot) {
                return word;
            }
        }
    }
}
