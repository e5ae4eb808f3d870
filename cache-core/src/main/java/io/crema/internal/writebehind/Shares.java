package io.crema.internal.writebehind;

import java.util.Collection;

/**
 * Which instance writes which partition: rendezvous hashing (Thaler and Ravishankar, 1998) over those that are alive, so
 * that all come to the same shares without agreeing on them.
 *
 * <p>An instance that cannot write a partition leaves it to others: beside itself it notes a number that they compute from
 * its identity too. Identities are even, those numbers odd. Where all leave a partition to each other, none of them does.
 */
final class Shares {

    /** In the place of a partition: all of them. */
    static final int ALL = -1;

    private Shares() {}

    /** An identity from a random number. */
    static long identity(long random) {
        long even = random & ~1L;
        return even == 0 ? 2 : even;
    }

    /** What an instance notes to leave a partition to others. */
    static long absence(long instance, int partition) {
        return mixed(~instance, partition) | 1;
    }

    /** @param noted by all that are alive */
    static boolean isPreferred(int partition, long instance, Collection<Long> noted) {
        boolean nobody = !isCandidate(partition, instance, noted) && !othersMay(partition, instance, noted);
        long own = mixed(instance, partition);
        return (nobody || isCandidate(partition, instance, noted))
                && noted.stream()
                        .filter(other -> isInstance(other) && (nobody || isCandidate(partition, other, noted)))
                        .allMatch(other -> Long.compareUnsigned(mixed(other, partition), own) <= 0);
    }

    /** Whether there is another one that does not leave the partition to others. */
    static boolean othersMay(int partition, long instance, Collection<Long> noted) {
        return noted.stream()
                .anyMatch(other -> isInstance(other) && other != instance && isCandidate(partition, other, noted));
    }

    private static boolean isInstance(long number) {
        return (number & 1) == 0;
    }

    private static boolean isCandidate(int partition, long instance, Collection<Long> noted) {
        return !noted.contains(absence(instance, partition)) && !noted.contains(absence(instance, ALL));
    }

    /** SplitMix64's finaliser, by which one bit of difference changes half of them. */
    private static long mixed(long instance, int partition) {
        long z = instance + (partition + 2) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
