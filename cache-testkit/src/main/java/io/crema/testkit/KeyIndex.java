package io.crema.testkit;

import java.util.Arrays;

/** Numbers keys from 0 in the order in which they come, without an object a key: open addressing, linear probing. */
final class KeyIndex {

    static final int NONE = -1;

    private long[] keys = new long[1 << 10];
    private int[] numbers = new int[keys.length];
    private int size;

    KeyIndex() {
        Arrays.fill(numbers, NONE);
    }

    int size() {
        return size;
    }

    /** The number of a key, or {@link #NONE}. */
    int of(long key) {
        return numbers[slot(key)];
    }

    /** The number of a key, which is given one if it has none. */
    int add(long key) {
        int slot = slot(key);
        if (numbers[slot] != NONE) {
            return numbers[slot];
        }
        if (2 * (size + 1) > keys.length) {
            grow();
            slot = slot(key);
        }
        keys[slot] = key;
        numbers[slot] = size;
        return size++;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldNumbers = numbers;
        keys = new long[2 * oldKeys.length];
        numbers = new int[keys.length];
        Arrays.fill(numbers, NONE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldNumbers[i] != NONE) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                numbers[slot] = oldNumbers[i];
            }
        }
    }

    /** Where a key is, or where it would go. */
    private int slot(long key) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        int slot = (int) (mixed ^ (mixed >>> 32)) & (keys.length - 1);
        while (numbers[slot] != NONE && keys[slot] != key) {
            slot = (slot + 1) & (keys.length - 1);
        }
        return slot;
    }
}
