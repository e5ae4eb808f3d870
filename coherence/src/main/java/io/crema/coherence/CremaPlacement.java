package io.crema.coherence;

import io.crema.coherence.Key.Kind;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.KeyCodec;
import io.crema.testkit.EmbeddedCluster;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Where {@link CremaSubject} has what it needs to know of a key, in a cluster. Immutable. */
final class CremaPlacement {

    /** As a cache has them if nobody says otherwise. */
    private static final int PARTITIONS = 16;

    private final KeyLayout layout = new KeyLayout("crema", CremaSubject.CACHE, PARTITIONS, 0);
    private final KeyCodec<Integer> codec = KeyCodec.standard();

    /** The slots of the keys' partitions, and that of the tags. */
    Set<Integer> slots() {
        return IntStream.rangeClosed(0, PARTITIONS).mapToObj(this::slot).collect(Collectors.toSet());
    }

    private int slot(int partition) {
        return EmbeddedCluster.slotOf(layout.prefix(partition));
    }

    /** The keys, by their numbers, of which something lies in any of some slots. */
    LongPredicate keysIn(IntPredicate slots) {
        boolean tags = slots.test(slot(PARTITIONS));
        return number -> {
            Key key = new Key((int) number);
            return slots.test(slot(partition(key))) || tags && key.kind() == Kind.TAGGED;
        };
    }

    int partition(Key key) {
        return layout.partitionOf(codec.encode(key.number()));
    }
}
