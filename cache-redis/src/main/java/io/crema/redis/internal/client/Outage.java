package io.crema.redis.internal.client;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.List;

/** Which errors say that a server serves nobody, and which that it refuses one command. */
public final class Outage {

    /** What Redis answers to every command, or to every write, for as long as the state lasts that it names. */
    private static final List<String> OF_THE_SERVER =
            List.of("LOADING ", "MASTERDOWN ", "READONLY ", "CLUSTERDOWN ", "BUSY ");

    private Outage() {}

    /** Whether the failure of a request is one: everything that is no answer, and a few answers. */
    public static boolean is(Throwable failure) {
        Throwable root = Refusal.root(failure);
        String error = root.getMessage();
        return !(root instanceof RedisCommandExecutionException)
                || error != null && OF_THE_SERVER.stream().anyMatch(error::startsWith);
    }
}
