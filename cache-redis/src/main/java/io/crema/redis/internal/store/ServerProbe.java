package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Node;
import io.crema.redis.internal.client.Refusal;
import io.crema.redis.internal.client.Request;
import io.crema.redis.internal.client.ServerInfo;
import io.crema.redis.internal.client.Topology;
import io.crema.redis.internal.wire.KeyLayout;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server what it is, and finds out what it allows by trying it, over a connection of its own: reading the ACL needs
 * rights that few users have. It writes a key that no cache has, and removes it; and publishes on a channel of that key,
 * to which nobody listens. An error that is no refusal says nothing.
 */
final class ServerProbe {

    private static final long ANSWER_SECONDS = 3;

    private final String namespace;
    private final int database;
    private final Topology topology;
    private final Function<RedisURI, ? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>>
            connector;

    ServerProbe(
            String namespace,
            int database,
            Topology topology,
            Function<RedisURI, ? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector) {
        this.namespace = namespace;
        this.database = database;
        this.topology = topology;
        this.connector = connector;
    }

    /** Never fails. */
    CompletableFuture<Finding> ask(Node node) {
        String prefix = prefixAt(node);
        return connector
                .apply(node.uri())
                .thenCompose(connection -> {
                    CompletableFuture<Finding> found = new Attempt(node, prefix, connection).start();
                    return found.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                            .whenComplete((ended, failure) -> connection.closeAsync());
                })
                .exceptionally(failure -> Finding.unknown(node, failure))
                .toCompletableFuture();
    }

    /** The first that lies at a node. One that has no slot any more will say so. */
    private String prefixAt(Node node) {
        String prefix = "";
        for (int x = 0; x < Topology.SLOTS; x++) {
            prefix = KeyLayout.probePrefix(namespace, x);
            if (node.equals(topology.ownerOf(topology.slotOf(utf8(prefix))))) {
                break;
            }
        }
        return prefix;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What is asked over one connection. */
    private final class Attempt {

        private final Node node;
        private final byte[] slotKey;
        private final byte[] channel;
        private final StatefulRedisPubSubConnection<byte[], byte[]> connection;
        private final Set<String> missing = new ConcurrentSkipListSet<>();

        Attempt(Node node, String prefix, StatefulRedisPubSubConnection<byte[], byte[]> connection) {
            this.node = node;
            this.slotKey = utf8(prefix);
            this.channel = utf8(KeyLayout.channel(prefix, database));
            this.connection = connection;
        }

        CompletableFuture<Finding> start() {
            CompletableFuture<Boolean> resp3 =
                    send(CommandType.HELLO, List.of()).handle((reply, failure) -> Commands.isResp3(reply));
            CompletableFuture<ServerInfo> info =
                    send(CommandType.INFO, List.of()).thenApply(reply -> new ServerInfo(reply.get(0)));
            return info.thenCombine(resp3, (server, speaks) -> {
                        Delivery delivery = Delivery.of(topology, List.of(server));
                        List<CompletableFuture<?>> tried = new ArrayList<>(tryCommands());
                        tried.addAll(tryScript(delivery.publish));
                        if (topology.isCluster()) {
                            tried.add(tried(CommandType.ASKING, List.of()));
                        }
                        if (speaks) {
                            tried.add(tried(delivery.subscribe, List.of(channel)));
                        }
                        return CompletableFuture.allOf(tried.toArray(CompletableFuture<?>[]::new))
                                .thenApply(all -> Finding.of(node, server, speaks, List.copyOf(missing)));
                    })
                    .thenCompose(Function.identity());
        }

        private List<CompletableFuture<?>> tryCommands() {
            byte[] to = Commands.ascii(1);
            return List.of(
                    tried(CommandType.PING, List.of()),
                    tried(CommandType.TIME, List.of()),
                    tried(CommandType.GET, List.of(slotKey)),
                    tried(CommandType.MGET, List.of(slotKey)),
                    tried(CommandType.GETRANGE, List.of(slotKey, to, to)));
        }

        /** By its source, which makes it known, and by its digest; where there are no slots on each kind of key. */
        private List<CompletableFuture<?>> tryScript(CommandType publisher) {
            byte[] publish = Commands.ascii(publisher.name());
            byte[] one = Commands.ascii(1);
            byte[] plainKey = topology.isCluster() ? slotKey : KeyLayout.heartbeat(namespace, "probe");
            return List.of(
                    tried(CommandType.EVAL, List.of(Script.PROBE.source(), one, slotKey, channel, publish))
                            .thenAccept(this::addFailed),
                    tried(CommandType.EVALSHA, List.of(Script.PROBE.digest(), one, plainKey, channel, publish))
                            .thenAccept(this::addFailed));
        }

        /** Ends with the reply, an empty one if the command failed, which may be for want of a right. */
        private CompletableFuture<List<byte @Nullable []>> tried(CommandType command, List<byte[]> arguments) {
            byte[] key = command == CommandType.EVALSHA ? arguments.get(2) : slotKey;
            return send(command, arguments).exceptionally(failure -> {
                Refusal.of(failure).ifPresent(refused -> add(refused, command.name(), key));
                return List.of();
            });
        }

        /** @param failed pairs of a command and its error */
        private void addFailed(List<byte @Nullable []> failed) {
            for (int i = 0; i + 1 < failed.size(); i += 2) {
                String command = Commands.text(failed.get(i));
                Refusal.of(Commands.text(failed.get(i + 1))).ifPresent(refused -> add(refused, command, slotKey));
            }
        }

        private void add(Refusal refused, String command, byte[] key) {
            missing.add(
                    switch (refused) {
                        case COMMAND -> Grants.command(command);
                        case KEY -> key == slotKey ? Grants.slotKeys(namespace) : Grants.plainKeys(namespace);
                        case CHANNEL -> Grants.channels(namespace, database);
                    });
        }

        private CompletableFuture<List<byte @Nullable []>> send(ProtocolKeyword type, List<byte[]> arguments) {
            Request<List<byte @Nullable []>> request = Commands.request(type, arguments);
            connection.dispatch(request);
            return request;
        }
    }
}
