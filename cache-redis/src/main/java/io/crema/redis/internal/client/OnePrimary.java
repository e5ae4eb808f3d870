package io.crema.redis.internal.client;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * One primary that has all slots: a standalone server, or the one that sentinels name, who are asked anew for each
 * connection.
 */
public final class OnePrimary implements Topology {

    private final Node node;
    private final Set<Node> nodes;

    /** The connections that are ready, all of them to one process; guarded by this. */
    private final List<Link> links = new ArrayList<>();

    /** The process that they reach; guarded by this. */
    private String present = "";

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

    /**
     * Commands must not go to a server from which no invalidations come: after a failover the old primary may go on
     * answering one connection when the other has been made anew, to the new one.
     */
    @Override
    public void reached(Link link, String runId) {
        List<Link> outdated;
        synchronized (this) {
            links.removeIf(Link::isLost);
            outdated = present.equals(runId) ? List.of() : List.copyOf(links);
            links.removeAll(outdated);
            links.add(link);
            present = runId;
        }
        outdated.forEach(Link::drop);
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
