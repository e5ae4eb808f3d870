package io.crema.redis.internal.client;

import io.lettuce.core.RedisException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Which primaries there are, and which of them has which hash slot, as far as is known. Thread-safe, never blocks. */
public interface Topology {

    /** The number of hash slots. */
    int SLOTS = 16_384;

    /** The slot of a key; where there is one primary only, no matter which. */
    int slotOf(byte[] key);

    /** The primary that has a slot, null if none is known. */
    @Nullable
    Node ownerOf(int slot);

    /** The primaries that have slots. */
    Set<Node> primaries();

    /** The primaries, those without slots included. */
    Set<Node> members();

    /** Whether slots are spread over primaries and may move. */
    boolean isCluster();

    /** Called after each change, on an I/O thread, one call at a time. */
    void onChange(Runnable listener);

    /** A server has redirected what was meant for a slot. */
    void moved(int slot, Node owner);

    /** The node at an address, which need not be known before. */
    Node at(String host, int port);

    /** Something does not fit: asks soon. */
    void suspect();

    /**
     * A connection to a primary is ready. Those that reach another process in that place are dropped: whoever connects
     * last has asked last who is there.
     *
     * @param runId the identity of the process at its other end
     */
    void reached(Link link, String runId);

    /** Starts asking. Called once. */
    void start();

    /** Ends when something is known, or could not be found out at first. */
    CompletableFuture<Void> firstAttempt();

    /** What a request fails with that finds no primary. */
    RedisException unknownOwner();

    /** The future ends when everything is closed. Idempotent. */
    CompletableFuture<Void> close();
}
