package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Keeper;
import io.crema.redis.internal.client.Keepers;
import io.crema.redis.internal.client.Lane;
import io.crema.redis.internal.client.Node;
import io.crema.redis.internal.client.Redirect;
import io.crema.redis.internal.client.Topology;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands to the primary that has their hash slot, and to where that redirects them. A redirected command was not
 * executed, so sending it to the other node is no second sending; nothing else is sent again.
 *
 * <p>While a slot is being moved, an MGET of keys that lie partly here and partly there is asked for key by key; another
 * command waits a little and tries again, a bounded number of times.
 */
final class Router {

    private static final int MOST_REDIRECTS = 5;
    private static final int MOST_TRIES = 12;
    private static final long LONGEST_PAUSE_MILLIS = 20;

    private final Topology topology;
    private final Keepers<Session> keepers;
    private final EventExecutorGroup timer;

    Router(Topology topology, Keepers<Session> keepers, EventExecutorGroup timer) {
        this.topology = topology;
        this.keepers = keepers;
        this.timer = timer;
    }

    /** To the primary that has a slot. */
    Lane lane(int slot) {
        return (ProtocolKeyword type,
                List<byte[]> arguments,
                BiConsumer<@Nullable List<byte @Nullable []>, @Nullable Throwable> reply) ->
                new Sending(slot, type, arguments, reply).toOwner();
    }

    /** The connection to the primary that has a slot, null if there is none. */
    @Nullable
    Session session(int slot) {
        Node owner = topology.ownerOf(slot);
        return owner == null ? null : keepers.current(owner);
    }

    /** Why there is no connection for a slot. */
    RuntimeException notConnected(int slot) {
        Node owner = topology.ownerOf(slot);
        Keeper<Session> keeper = owner == null ? null : keepers.keeper(owner);
        return keeper == null ? topology.unknownOwner() : keeper.notConnected();
    }

    /** One command until it is answered. */
    private final class Sending {

        private final int slot;
        private final ProtocolKeyword type;
        private final List<byte[]> arguments;
        private final BiConsumer<@Nullable List<byte @Nullable []>, @Nullable Throwable> reply;
        private int redirects;
        private int tries;

        Sending(
                int slot,
                ProtocolKeyword type,
                List<byte[]> arguments,
                BiConsumer<@Nullable List<byte @Nullable []>, @Nullable Throwable> reply) {
            this.slot = slot;
            this.type = type;
            this.arguments = arguments;
            this.reply = reply;
        }

        void toOwner() {
            Node owner = topology.ownerOf(slot);
            Session session = owner == null ? null : keepers.current(owner);
            if (owner == null || session == null) {
                reply.accept(null, notConnected(slot));
            } else {
                over(session, owner);
            }
        }

        private void over(Session session, Node node) {
            session.link.send(type, arguments, (answer, failure) -> {
                if (failure == null) {
                    reply.accept(answer, null);
                } else {
                    onFailure(node, failure);
                }
            });
        }

        private void onFailure(Node node, Throwable failure) {
            Redirect redirect = Redirect.of(failure);
            if (redirect == null || !topology.isCluster()) {
                reply.accept(null, failure);
            } else if (redirect.kind() == Redirect.Kind.TRY_AGAIN) {
                tryAgain(failure);
            } else if (++redirects > MOST_REDIRECTS) {
                topology.suspect();
                reply.accept(null, failure);
            } else {
                follow(redirect, redirect.target(topology, node));
            }
        }

        /** A node that is named for the first time is connected to first. */
        private void follow(Redirect redirect, Node target) {
            boolean asking = redirect.kind() == Redirect.Kind.ASK;
            if (!asking) {
                topology.moved(slot, target);
            }
            Keeper<Session> keeper = keepers.keeper(target);
            if (keeper == null) {
                reply.accept(null, topology.unknownOwner());
                return;
            }
            keeper.firstAttempt().whenComplete((ended, never) -> {
                Session session = keeper.current();
                if (session == null) {
                    reply.accept(null, keeper.notConnected());
                    return;
                }
                if (asking) {
                    // If another command comes in between and takes the permission, this one is redirected once more.
                    session.link.send(Commands.request(CommandType.ASKING, List.of()));
                }
                over(session, target);
            });
        }

        private void tryAgain(Throwable failure) {
            if (type == CommandType.MGET) {
                keyByKey();
                return;
            }
            if (++tries > MOST_TRIES) {
                reply.accept(null, failure);
                return;
            }
            redirects = 0;
            long pause = 1 + ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_MILLIS);
            try {
                timer.schedule(this::toOwner, pause, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                reply.accept(null, failure);
            }
        }

        private void keyByKey() {
            byte @Nullable [][] values = new byte @Nullable [arguments.size()][];
            AtomicInteger left = new AtomicInteger(values.length);
            for (int i = 0; i < values.length; i++) {
                int index = i;
                lane(slot).send(CommandType.GET, List.of(arguments.get(i)), (answer, failure) -> {
                    if (answer != null) {
                        values[index] = answer.get(0);
                        if (left.decrementAndGet() == 0) {
                            reply.accept(new ArrayList<>(Arrays.asList(values)), null);
                        }
                    } else if (left.getAndSet(0) > 0) {
                        reply.accept(null, failure);
                    }
                });
            }
        }
    }
}
