package io.crema.redis.internal.bus;

import io.crema.redis.internal.client.Node;
import io.crema.redis.internal.client.Topology;
import io.crema.redis.internal.wire.KeyLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys that this instance's heartbeats write, one at each primary, and when each was last acknowledged: what a server
 * remembers of that later says how much it has forgotten. Thread-safe.
 */
final class Heartbeats {

    /** No heartbeat was acknowledged there. */
    static final long NOTHING_KNOWN = -1;

    private final String namespace;
    private final String instance;
    private final Topology topology;

    /** The server's time in microseconds of the last acknowledged heartbeat, by key. */
    private final Map<ByteBuffer, Long> acknowledged = new ConcurrentHashMap<>();

    /** @param instance names this instance, as no other */
    Heartbeats(String namespace, String instance, Topology topology) {
        this.namespace = namespace;
        this.instance = instance;
        this.topology = topology;
    }

    /**
     * A key that lies at a primary, the same as long as its slots do not change; null if there is none.
     *
     * @param avoided the slots that must not be used
     */
    byte @Nullable [] keyAt(Node node, IntPredicate avoided) {
        if (!topology.isCluster()) {
            return KeyLayout.heartbeat(namespace, instance);
        }
        for (int x = 0; x < Topology.SLOTS; x++) {
            byte[] key = ("{" + namespace + "::hb:" + x + "}" + instance).getBytes(StandardCharsets.UTF_8);
            int slot = topology.slotOf(key);
            if (node.equals(topology.ownerOf(slot)) && !avoided.test(slot)) {
                return key;
            }
        }
        return null;
    }

    /** The keys whose heartbeats were acknowledged, wherever they lie now: some for each primary. */
    List<byte[]> acknowledged() {
        return acknowledged.keySet().stream().map(Heartbeats::bytes).toList();
    }

    /** Older keys at the same primary do not count any more; nobody keeps them alive. */
    void acknowledge(Node node, byte[] key, long micros) {
        ByteBuffer name = ByteBuffer.wrap(key);
        acknowledged.put(name, micros);
        acknowledged.keySet().removeIf(other -> !other.equals(name) && isAt(node, bytes(other)));
    }

    /** The time in milliseconds between the last acknowledged heartbeat and the one that the server remembers. */
    long lostMillis(byte[] key, long rememberedMicros) {
        Long last = acknowledged.get(ByteBuffer.wrap(key));
        if (last == null) {
            return NOTHING_KNOWN;
        }
        return rememberedMicros == 0 ? Long.MAX_VALUE : Math.max(0, (last - rememberedMicros) / 1_000);
    }

    private static byte[] bytes(ByteBuffer name) {
        byte[] bytes = new byte[name.remaining()];
        name.duplicate().get(bytes);
        return bytes;
    }

    private boolean isAt(Node node, byte[] key) {
        return node.equals(topology.ownerOf(topology.slotOf(key)));
    }
}
