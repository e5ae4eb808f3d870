package io.crema.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The keys of one run with their versions at the origin, which is right at any time. */
final class Keys {

    static final List<String> TAGS = List.of("red", "blue");

    private final List<Kind> kinds = new ArrayList<>();
    private final long[] versions;

    /** How many writers need that nobody else changes the key until they are done. */
    private final int[] locks;

    Keys(World world) {
        add(Kind.PLAIN, 1 + world.below(3));
        add(Kind.TAGGED, 1 + world.below(2));
        add(Kind.VERSIONED, world.below(3));
        add(Kind.PLAIN, 1);
        versions = new long[kinds.size()];
        Arrays.fill(versions, 1);
        locks = new int[kinds.size()];
    }

    private void add(Kind kind, int count) {
        for (int i = 0; i < count; i++) {
            kinds.add(kind);
        }
    }

    int count() {
        return kinds.size();
    }

    /** The key that is written in the moment of a failover only, so that no earlier write of it is made again after that. */
    int still() {
        return kinds.size() - 1;
    }

    Kind kind(int key) {
        return kinds.get(key);
    }

    /** All keys that have a tag, by their number. */
    String tag(int key) {
        return TAGS.get(key % TAGS.size());
    }

    List<Integer> withTag(String tag) {
        return select(key -> kind(key) == Kind.TAGGED && tag(key).equals(tag));
    }

    List<Integer> all() {
        return select(key -> true);
    }

    /** Those of one of the two caches. */
    List<Integer> of(boolean contextual) {
        return select(key -> kind(key).isContextual() == contextual);
    }

    private List<Integer> select(java.util.function.IntPredicate which) {
        return IntStream.range(0, count()).filter(which).boxed().toList();
    }

    long version(int key) {
        return versions[key];
    }

    long value(int key) {
        return Values.value(key, versions[key]);
    }

    long commit(int key) {
        versions[key]++;
        return versions[key];
    }

    boolean mayCommit(int key) {
        return locks[key] == 0;
    }

    /** Whether a writer may have a key for itself now. */
    boolean lock(int key) {
        if (locks[key] > 0) {
            return false;
        }
        locks[key]++;
        return true;
    }

    void unlock(int key) {
        locks[key]--;
    }
}
