package io.crema.redis.internal.client;

import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;

/** One server by its address, or the one that sentinels name when they are asked. Equal if their names are. */
public final class Node {

    private final String name;
    private final RedisURI uri;

    /**
     * @param name its place, without credentials
     * @param uri how to connect, sentinels included
     */
    Node(String name, RedisURI uri) {
        this.name = name;
        this.uri = uri;
    }

    public RedisURI uri() {
        return uri;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Node node && name.equals(node.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
