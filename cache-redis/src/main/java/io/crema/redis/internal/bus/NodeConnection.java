package io.crema.redis.internal.bus;

import io.crema.redis.internal.client.ClusterView;
import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.client.Node;
import io.crema.redis.internal.client.Redirect;
import io.crema.redis.internal.client.ServerInfo;
import io.crema.redis.internal.client.Topology;
import io.crema.redis.internal.store.Script;
import io.crema.redis.internal.store.ScriptCall;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.Message;
import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.lettuce.core.protocol.CommandType;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection for pub/sub to one primary.
 *
 * <p>Messages and replies reach the listener on the connection's event loop, in the order in which they were read: the
 * callback of a request is there before the request is sent. A request that fails in the very call that makes it is
 * reported on another thread, never before that call returns. One lock keeps all of them one at a time.
 *
 * <p>While a slot is being moved away, some of its keys are written at the other node, where this connection hears nothing.
 * So each heartbeat asks the node first which slots are leaving it; their partitions have gone from this connection until
 * that ends, one way or the other.
 */
final class NodeConnection implements BusConnection {

    private static final Logger LOG = System.getLogger(RedisBus.class.getName());

    /** A heartbeat's key outlives its instance and a loss of the primary by as much as invalidations can be replayed. */
    private static final byte[] HEARTBEAT_MILLIS = Commands.ascii(60_000);

    private final RedisBus bus;
    private final Topology topology;
    private final Node node;
    private final Link link;
    private final ServerInfo server;
    private final long lostMillis;
    private final Object delivery = new Object();

    /** What was subscribed to, by the channel's name. */
    private final Map<ByteBuffer, Channel> channels = new ConcurrentHashMap<>();

    /** The slots whose subscriptions the server has ended, though the topology may not say so yet. */
    private final Set<Integer> left = ConcurrentHashMap.newKeySet();

    /** The slots that were being moved away when the node was last asked; replaced, never changed. */
    private volatile BitSet leaving = new BitSet();

    private volatile byte @Nullable [] heartbeatKey;

    NodeConnection(RedisBus bus, Node node, Link link, ServerInfo server, long lostMillis) {
        this.bus = bus;
        this.topology = bus.topology;
        this.node = node;
        this.link = link;
        this.server = server;
        this.lostMillis = lostMillis;
    }

    @Override
    public boolean isRelayed() {
        return topology.isCluster() && !server.hasShardChannels();
    }

    @Override
    public long lostMillis() {
        return lostMillis;
    }

    @Override
    public Set<Integer> carries(String cache) {
        KeyLayout layout = bus.layouts.apply(cache);
        Set<Integer> carried = new HashSet<>();
        for (int p = 0; p <= layout.partitions(); p++) {
            if (isHere(topology.slotOf(layout.clock(p)))) {
                carried.add(p);
            }
        }
        return carried;
    }

    private boolean isHere(int slot) {
        return Objects.equals(node, topology.ownerOf(slot)) && !left.contains(slot) && !leaving.get(slot);
    }

    @Override
    public void reset() {
        link.drop();
    }

    /** It is ready: the process at its other end is the one that counts. */
    void reached() {
        topology.reached(link, server.runId());
    }

    private <T> Reply<T> reply(BiConsumer<@Nullable T, @Nullable Throwable> callback, int commands) {
        return new Reply<>(callback, this::deliver, bus.executor, commands);
    }

    /**
     * The server acknowledges the channels one by one, Lettuce reports the first of them. A PING behind them is answered
     * when all have been. A command names shard channels of one slot only.
     */
    @Override
    public void subscribe(
            String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
        KeyLayout layout = bus.layouts.apply(cache);
        boolean sharded = topology.isCluster() && server.hasShardChannels();
        List<List<byte[]>> commands = new ArrayList<>();
        for (int p : partitions) {
            byte[] name = layout.channel(p);
            channels.put(ByteBuffer.wrap(name), new Channel(cache, p, topology.slotOf(layout.clock(p))));
            if (sharded || commands.isEmpty()) {
                commands.add(new ArrayList<>());
            }
            commands.get(commands.size() - 1).add(name);
        }
        Reply<Boolean> outcome = reply(reply, 1 + commands.size());
        BiConsumer<@Nullable List<byte @Nullable []>, @Nullable Throwable> part = (answer, failure) -> {
            if (failure != null) {
                onRefused(failure);
                outcome.failed(failure);
            } else if (outcome.ended()) {
                outcome.succeed(true);
            }
        };
        for (List<byte[]> names : commands) {
            link.send(sharded ? CommandType.SSUBSCRIBE : CommandType.SUBSCRIBE, names, part);
        }
        link.send(CommandType.PING, List.of(), part);
        outcome.callReturns();
    }

    /** The node says that a slot is elsewhere, or on its way there. */
    private void onRefused(Throwable failure) {
        Redirect redirect = topology.isCluster() ? Redirect.of(failure) : null;
        if (redirect == null) {
            return;
        }
        if (redirect.kind() == Redirect.Kind.MOVED) {
            topology.moved(redirect.slot(), redirect.target(topology, node));
        } else {
            topology.suspect();
        }
    }

    /**
     * One process is at the other end of a connection: its run id was asked for once. A command reads keys of one slot only.
     * A partition that has gone meanwhile is reported so, and missing in the reply.
     */
    @Override
    public void position(
            String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
        KeyLayout layout = bus.layouts.apply(cache);
        List<Integer> asked = List.copyOf(partitions);
        int each = topology.isCluster() ? 1 : Math.max(1, asked.size());
        Reply<BusPosition> outcome = reply(reply, 1 + (asked.size() + each - 1) / each);
        Map<Integer, BusPosition.At> found = new ConcurrentHashMap<>();
        String[] replication = new String[1];
        link.send(CommandType.INFO, List.of(Commands.ascii("replication")), (answer, failure) -> {
            if (answer == null) {
                outcome.failed(failure);
                return;
            }
            replication[0] = Commands.infoField(answer.get(0), "master_replid");
            endPosition(outcome, replication, found);
        });
        for (int from = 0; from < asked.size(); from += each) {
            List<Integer> part = asked.subList(from, Math.min(asked.size(), from + each));
            link.send(CommandType.MGET, clocksAndFloors(layout, part), (values, failure) -> {
                if (values != null) {
                    addPositions(found, part, values);
                    endPosition(outcome, replication, found);
                } else if (topology.isCluster() && Redirect.of(failure) != null) {
                    onRefused(failure);
                    part.forEach(p -> gone(topology.slotOf(layout.clock(p))));
                    endPosition(outcome, replication, found);
                } else {
                    outcome.failed(failure);
                }
            });
        }
        outcome.callReturns();
    }

    private void endPosition(Reply<BusPosition> outcome, String[] replication, Map<Integer, BusPosition.At> found) {
        if (outcome.ended()) {
            outcome.succeed(new BusPosition(history(replication[0]), found));
        }
    }

    private static List<byte[]> clocksAndFloors(KeyLayout layout, List<Integer> partitions) {
        List<byte[]> names = new ArrayList<>(2 * partitions.size());
        for (int p : partitions) {
            names.add(layout.clock(p));
            names.add(layout.floor(p));
        }
        return names;
    }

    private static void addPositions(
            Map<Integer, BusPosition.At> found, List<Integer> partitions, List<byte @Nullable []> values) {
        for (int i = 0; i < partitions.size(); i++) {
            long clock = Commands.number(values.get(2 * i));
            found.put(partitions.get(i), new BusPosition.At(clock, Commands.number(values.get(2 * i + 1))));
        }
    }

    private String history(String replication) {
        return server.runId() + ":" + replication;
    }

    @Override
    public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
        Reply<String> outcome = reply(reply, topology.isCluster() ? 2 : 1);
        byte[] key = heartbeatKey();
        String[] history = new String[1];
        if (topology.isCluster()) {
            link.send(CommandType.CLUSTER, List.of(Commands.ascii("NODES")), (answer, failure) -> {
                if (answer == null) {
                    outcome.failed(failure);
                    return;
                }
                onView(ClusterView.parse(
                        Commands.text(answer.get(0)), node.uri().getHost(), topology::at));
                endHeartbeat(outcome, history);
            });
        }
        if (key == null) {
            outcome.failed(new IllegalStateException(node + " has no hash slot any more"));
        } else {
            beat(key).whenComplete((found, failure) -> {
                if (found == null) {
                    onBeatRefused(key, failure);
                    outcome.failed(failure);
                    return;
                }
                history[0] = found;
                endHeartbeat(outcome, history);
            });
        }
        outcome.callReturns();
    }

    private ScriptCall<String> beat(byte[] key) {
        long sent = System.nanoTime();
        return ScriptCall.of(link, Script.HEARTBEAT, List.of(key), List.of(HEARTBEAT_MILLIS), values -> {
                    long micros = Commands.number(values.get(1));
                    bus.clock.observe(micros, sent);
                    bus.heartbeats.acknowledge(node, key, micros);
                    return history(Commands.text(values.get(0)));
                })
                .start();
    }

    private static void endHeartbeat(Reply<String> outcome, String[] history) {
        if (outcome.ended()) {
            outcome.succeed(history[0]);
        }
    }

    private byte @Nullable [] heartbeatKey() {
        byte[] key = heartbeatKey;
        if (key == null || (topology.isCluster() && !isHere(topology.slotOf(key)))) {
            key = bus.heartbeats.keyAt(node, slot -> left.contains(slot) || leaving.get(slot));
            heartbeatKey = key;
        }
        return key;
    }

    private void onBeatRefused(byte[] key, Throwable failure) {
        onRefused(failure);
        if (topology.isCluster() && Redirect.of(failure) != null) {
            gone(topology.slotOf(key));
        }
    }

    /** Partitions of slots that are leaving have gone; those of slots that stay here after all have come again. */
    private void onView(ClusterView view) {
        BitSet before = leaving;
        BitSet now = view.leaving();
        if (now.equals(before) && left.isEmpty()) {
            return;
        }
        leaving = now;
        now.stream().filter(slot -> !before.get(slot)).forEach(this::tellGone);
        BitSet stayed = (BitSet) before.clone();
        stayed.andNot(now);
        boolean back = left.removeIf(slot -> Objects.equals(node, view.ownerOf(slot)) && !now.get(slot));
        topology.suspect();
        if (back || !stayed.isEmpty()) {
            tell(to -> to.onAssigned(this));
        }
    }

    /** The topology has changed: what has gone is told once, what has come is asked for by whoever is told. */
    void reassign() {
        left.removeIf(slot -> !leaving.get(slot));
        for (Channel channel : channels.values()) {
            if (!Objects.equals(node, topology.ownerOf(channel.slot))) {
                tellGone(channel.slot);
            }
        }
        tell(to -> to.onAssigned(this));
    }

    private void gone(int slot) {
        if (left.add(slot)) {
            tellGone(slot);
            topology.suspect();
        }
    }

    private void tellGone(int slot) {
        for (Channel channel : channels.values()) {
            if (channel.slot == slot) {
                tell(to -> to.onUnsubscribed(this, channel.cache, channel.partition));
            }
        }
    }

    void onSubscriptionEnded(byte[] name) {
        Channel channel = channels.get(ByteBuffer.wrap(name));
        if (channel != null) {
            gone(channel.slot);
        }
    }

    void onMessage(byte[] name, byte[] body) {
        Channel channel = channels.get(ByteBuffer.wrap(name));
        if (channel == null) {
            return;
        }
        Message message = Message.decode(channel.partition, body);
        tell(to -> {
            if (message instanceof Message.Keys keys) {
                to.onInvalidation(this, channel.cache, keys.invalidation());
            } else if (message instanceof Message.Clear clear) {
                to.onClear(this, channel.cache, channel.partition, clear.stamp());
            } else {
                to.onUnreadable(this, channel.cache, channel.partition);
            }
        });
    }

    void tell(Consumer<BusListener> call) {
        BusListener to = bus.listener();
        if (to != null) {
            deliver(() -> call.accept(to));
        }
    }

    private void deliver(Runnable call) {
        synchronized (delivery) {
            try {
                call.run();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "A listener of invalidations failed", e);
            }
        }
    }

    @Override
    public String toString() {
        return "NodeConnection[" + node + "]";
    }

    private record Channel(String cache, int partition, int slot) {}
}
