package io.crema.redis.internal.store;

import io.crema.redis.internal.wire.KeyLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a user needs who is not allowed everything, in the words of {@code ACL SETUSER}; SECURITY.md lists the same. */
final class Grants {

    private static final List<String> COMMANDS =
            List.of("+ping", "+info", "+time", "+get", "+mget", "+getrange", "+setnx", "+eval", "+evalsha");

    private static final List<String> IN_SCRIPTS =
            List.of("+set", "+setrange", "+del", "+incrby", "+persist", "+pttl", "+pexpire");

    private static final List<String> OF_CLUSTER = List.of("+cluster|nodes", "+asking");

    private Grants() {}

    /** Everything, for the caches of a namespace. */
    static List<String> all(String namespace, int database, Delivery delivery) {
        List<String> all = new ArrayList<>();
        all.add(plainKeys(namespace));
        all.add(slotKeys(namespace));
        all.add(channels(namespace, database));
        all.addAll(COMMANDS);
        all.addAll(IN_SCRIPTS);
        all.add(command(delivery.publish.name()));
        all.add(command(delivery.subscribe.name()));
        if (delivery != Delivery.ONE_PRIMARY) {
            all.addAll(OF_CLUSTER);
        }
        return all;
    }

    static String command(String name) {
        return "+" + name.toLowerCase(Locale.ROOT);
    }

    /** The terms of caches, and the heartbeats where there is one primary. */
    static String plainKeys(String namespace) {
        return "~" + namespace + ":*";
    }

    /** Partitions, and the heartbeats in a cluster. */
    static String slotKeys(String namespace) {
        return "~{" + namespace + ":*";
    }

    static String channels(String namespace, int database) {
        return "&" + KeyLayout.channel("{" + namespace + ":*", database);
    }
}
