package io.crema.redis.internal.client;

import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a node of a cluster answers instead of executing a command.
 *
 * @param host empty if it is that of the node that answered
 */
public record Redirect(Kind kind, int slot, String host, int port) {

    /** What has to be done. */
    public enum Kind {
        /** The slot is at another node. */
        MOVED,
        /** The slot is being moved; what is asked for is, or would be, at its new node. */
        ASK,
        /** The slot is being moved; what is asked for is partly here and partly there. */
        TRY_AGAIN
    }

    private static final Redirect TRY_AGAIN = new Redirect(Kind.TRY_AGAIN, -1, "", 0);

    /** The redirection that a failure of a command is, or null if it is none. */
    public static @Nullable Redirect of(@Nullable Throwable failure) {
        String message = failure instanceof RedisCommandExecutionException ? failure.getMessage() : null;
        if (message == null) {
            return null;
        }
        if (message.startsWith("TRYAGAIN ")) {
            return TRY_AGAIN;
        }
        boolean moved = message.startsWith("MOVED ");
        String[] words = message.split(" ");
        if (words.length < 3 || !(moved || message.startsWith("ASK "))) {
            return null;
        }
        int colon = words[2].lastIndexOf(':');
        return new Redirect(
                moved ? Kind.MOVED : Kind.ASK,
                Integer.parseInt(words[1]),
                words[2].substring(0, colon),
                Integer.parseInt(words[2].substring(colon + 1)));
    }

    /** The node that is named. */
    public Node target(Topology topology, Node answered) {
        return topology.at(host.isEmpty() ? answered.uri().getHost() : host, port);
    }
}
