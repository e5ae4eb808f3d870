package io.crema.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A slot on its way from one primary of an {@link EmbeddedCluster} to another, begun and not finished. The source still owns
 * the slot and answers for the keys it has; for a key it does not have, also one that was never written, it answers ASK, and
 * for a command on several keys of which it has not all, TRYAGAIN. The target answers for the slot only after ASKING, and
 * then TRYAGAIN for several keys of which it has not all.
 *
 * <p>For one thread. A server that refuses a step is an {@link IllegalStateException} with its words.
 */
public final class SlotMove {

    private static final String LIMIT_MILLIS = "5000";
    private static final int BATCH = 100;

    private final EmbeddedCluster cluster;
    private final int slot;
    private final EmbeddedRedis source;
    private final EmbeddedRedis target;

    private SlotMove(EmbeddedCluster cluster, int slot, EmbeddedRedis source, EmbeddedRedis target) {
        this.cluster = cluster;
        this.slot = slot;
        this.source = source;
        this.target = target;
    }

    static SlotMove begin(EmbeddedCluster cluster, int slot, EmbeddedRedis source, EmbeddedRedis target) {
        if (source == target) {
            throw new IllegalArgumentException("Slot " + slot + " is at " + target + " already");
        }
        SlotMove move = new SlotMove(cluster, slot, source, target);
        move.order(target, "IMPORTING", source);
        move.order(source, "MIGRATING", target);
        return move;
    }

    /** Moves keys of the slot, as many as there are up to that number; returns how many were moved. */
    public int moveKeys(int count) {
        int moved = 0;
        try (RespClient client = source.connect()) {
            while (moved < count) {
                String most = String.valueOf(Math.min(BATCH, count - moved));
                List<String> keys = client.call("CLUSTER", "GETKEYSINSLOT", String.valueOf(slot), most);
                if (keys.isEmpty()) {
                    break;
                }
                client.call(migration(keys));
                moved += keys.size();
            }
            return moved;
        } catch (IOException e) {
            throw new IllegalStateException("Keys of slot " + slot + " could not be moved to " + target, e);
        }
    }

    private String[] migration(List<String> keys) {
        List<String> words =
                new ArrayList<>(List.of("MIGRATE", "127.0.0.1", String.valueOf(target.port()), "", "0", LIMIT_MILLIS));
        words.addAll(target.authentication());
        words.add("KEYS");
        words.addAll(keys);
        return words.toArray(String[]::new);
    }

    /** Moves the keys that are left, makes the target the owner and waits until all nodes that answer know it. */
    public void finish() {
        moveKeys(Integer.MAX_VALUE);
        // The target first: were it last, the slot would have no owner that knows it in between.
        order(target, "NODE", target);
        order(source, "NODE", target);
        cluster.awaitOwner(slot, target);
    }

    private void order(EmbeddedRedis node, String state, EmbeddedRedis other) {
        try {
            String id = other.call("CLUSTER", "MYID").get(0);
            node.call("CLUSTER", "SETSLOT", String.valueOf(slot), state, id);
        } catch (IOException e) {
            throw new IllegalStateException(node + " refuses that slot " + slot + " is " + state + " " + other, e);
        }
    }

    @Override
    public String toString() {
        return "SlotMove[" + slot + " from " + source + " to " + target + "]";
    }
}
