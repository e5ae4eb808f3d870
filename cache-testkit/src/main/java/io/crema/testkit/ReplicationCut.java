package io.crema.testkit;

import java.io.IOException;
import java.util.List;

/**
 * Keeps replicas from their primary: of what the primary writes between {@link #between} and {@link #close()} nothing
 * reaches them.
 *
 * <p>A stopped replica process would not do: the kernel keeps what the primary has sent, and the replica applies it when
 * it goes on. So the replicas are given a password that no primary takes, and their links are closed: each attempt to link
 * again ends at AUTH, before anything is sent. The replicas answer all the while and may be promoted.
 */
final class ReplicationCut implements AutoCloseable {

    /** Refused by a server with another password and by one that has none. */
    private static final String WRONG = "cut-off";

    private final List<EmbeddedRedis> replicas;
    private final String password;

    private ReplicationCut(List<EmbeddedRedis> replicas, String password) {
        this.replicas = replicas;
        this.password = password;
    }

    /** Returns when the links are down and the replicas have all that the primary wrote before. */
    static ReplicationCut between(EmbeddedRedis primary, List<EmbeddedRedis> replicas, String password) {
        for (EmbeddedRedis replica : replicas) {
            Polling.until(replica + " has caught up with " + primary, () -> Replication.hasCaughtUp(replica, primary));
        }
        ReplicationCut cut = new ReplicationCut(replicas, password);
        try {
            cut.authenticateWith(WRONG);
            primary.call("CLIENT", "KILL", "TYPE", "replica");
            for (EmbeddedRedis replica : replicas) {
                Polling.until(
                        replica + " is cut off", () -> !Replication.of(replica).isLinked());
            }
            return cut;
        } catch (IOException | RuntimeException e) {
            cut.close();
            throw new IllegalStateException("Replication from " + primary + " could not be cut", e);
        }
    }

    private void authenticateWith(String word) throws IOException {
        for (EmbeddedRedis replica : replicas) {
            replica.call("CONFIG", "SET", "masterauth", word);
        }
    }

    /** Lets the replicas link again, to the primary that they have then. */
    @Override
    public void close() {
        try {
            authenticateWith(password);
        } catch (IOException e) {
            throw new IllegalStateException("Replicas stay cut off: " + replicas, e);
        }
    }
}
