package io.crema.redis.internal.client;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * One primary that has all slots: a standalone server, or the one that sentinels name, who are asked anew for each
 * connection.
 */
public final class OnePrimary implements Topology {

    private final Node node;
    private final Set<Node> nodes;

    /** @param server names it in logs and errors */
    public OnePrimary(String server, RedisURI uri) {
        node = new Node(server, uri);
        nodes = Set.of(node);
    }

    @Override
    public int slotOf(byte[] key) {
        return 0;
    }

    @Override
    public Node ownerOf(int slot) {
        return node;
    }

    @Override
    public Set<Node> primaries() {
        return nodes;
    }

    @Override
    public Set<Node> members() {
        return nodes;
    }

    @Override
    public boolean isCluster() {
        return false;
    }

    @Override
    public void onChange(Runnable listener) {
        // It does not change: another server in its place is another connection.
    }

    @Override
    public void moved(int slot, Node owner) {
        throw new IllegalStateException(node + " redirects to " + owner + ", as nodes of a cluster do");
    }

    @Override
    public Node at(String host, int port) {
        return node;
    }

    @Override
    public void suspect() {
        // Whoever connects asks.
    }

    @Override
    public void start() {
        // Nothing has to be asked before connecting.
    }

    @Override
    public CompletableFuture<Void> firstAttempt() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public RedisException unknownOwner() {
        return new RedisException("Not connected to " + node);
    }

    @Override
    public CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
