package io.crema.redis.internal.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a server says of itself in reply to INFO. Immutable. */
public final class ServerInfo {

    private static final int LEAST_MAJOR = 6;
    private static final int LEAST_MINOR = 2;
    private static final int FIRST_WITH_SHARD_CHANNELS = 7;

    private final Map<String, String> fields = new HashMap<>();

    /** @param info the reply to INFO without arguments */
    public ServerInfo(byte @Nullable [] info) {
        for (String line : Commands.text(info).split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
    }

    /**
     * Refuses a server that is too old, or is no primary now.
     *
     * @throws IllegalStateException with what to do
     */
    public void requirePrimary(String server) {
        int major = part(0);
        if (major < LEAST_MAJOR || (major == LEAST_MAJOR && part(1) < LEAST_MINOR)) {
            throw new IllegalStateException(
                    server + " has version " + field("redis_version") + ", but Crema needs 6.2 or newer");
        }
        if (!isPrimary()) {
            throw new IllegalStateException(server + " is a replica now, but Crema needs the primary; name it, its"
                    + " sentinels (redis-sentinel://..) or its cluster (RedisRemote.cluster)");
        }
    }

    /** Whether it takes writes now, and answers with what it has itself. */
    public boolean isPrimary() {
        return "master".equals(field("role"));
    }

    /** @throws IllegalStateException if the server is a node of a cluster */
    public void requireNoCluster(String server) {
        if (isCluster()) {
            throw new IllegalStateException(
                    server + " is a node of a Redis Cluster, over which keys are spread; connect"
                            + " with RedisRemote.cluster(..) instead");
        }
    }

    /** @throws IllegalStateException if the server is not a node of a cluster */
    public void requireCluster(String server) {
        if (!isCluster()) {
            throw new IllegalStateException(
                    server + " is not a node of a Redis Cluster; connect with RedisRemote.connect(..) instead");
        }
    }

    private boolean isCluster() {
        return "1".equals(field("cluster_enabled"));
    }

    /** Whether the server knows channels that belong to a slot. */
    public boolean hasShardChannels() {
        return part(0) >= FIRST_WITH_SHARD_CHANNELS;
    }

    /** What it is and of which version, as {@code Redis 7.0.15}. A fork says the version of Redis that it is compatible to. */
    public String name() {
        String valkey = fields.get("valkey_version");
        return valkey == null ? "Redis " + field("redis_version") : "Valkey " + valkey;
    }

    /** The identity of the process. */
    public String runId() {
        return field("run_id");
    }

    /** What is wrong with a server that may evict keys without a time to live, of which the protocol has some. */
    public Optional<String> evictionWarning() {
        String policy = fields.getOrDefault("maxmemory_policy", "");
        return policy.startsWith("allkeys-")
                ? Optional.of("The server may evict any key (maxmemory-policy " + policy + "), the clocks of partitions"
                        + " too, and a lost clock clears the cache; set a policy volatile-..")
                : Optional.empty();
    }

    /** What is lost of writes that the origin does not have, though the server is well. */
    public Optional<String> lossByEviction() {
        return evictionWarning()
                .map(warning -> "writePolicy(behind()) is refused: Redis may evict what the origin does not have yet"
                        + " (maxmemory-policy " + fields.get("maxmemory_policy")
                        + "); set maxmemory-policy noeviction or volatile-.., or use WritePolicy.through()");
    }

    /** What is lost of them when it is restarted. */
    public Optional<String> lossByRestart() {
        return "1".equals(fields.get("aof_enabled"))
                ? Optional.empty()
                : Optional.of("A restart of Redis loses writes that the origin does not have yet (appendonly no); set"
                        + " appendonly yes, and appendfsync always to lose none");
    }

    /** What a primary may lose that has replicas, and accepts writes without them: only then INFO does not count them. */
    public Optional<String> failoverWarning() {
        boolean alone = fields.getOrDefault("connected_slaves", "0").equals("0");
        return alone || fields.containsKey("min_slaves_good_slaves")
                ? Optional.empty()
                : Optional.of("A failover may lose acknowledged invalidations (min-replicas-to-write 0), of which only"
                        + " those are executed again that an instance remembers; set min-replicas-to-write 1");
    }

    private int part(int index) {
        String[] parts = field("redis_version").split("\\.");
        try {
            return index < parts.length ? Integer.parseInt(parts[index]) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private String field(String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalStateException("The server's INFO has no field " + name);
        }
        return value;
    }
}
