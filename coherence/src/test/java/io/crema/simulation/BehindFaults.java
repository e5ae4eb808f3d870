package io.crema.simulation;

import io.crema.simulation.BehindOrigin.Mood;
import io.crema.testkit.InMemoryServer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** Makes go wrong in a simulation of writes behind what a seed says. */
final class BehindFaults {

    /** What goes wrong with one instance, or all. */
    private enum Kind {
        COMMANDS_LOST,
        COMMANDS_REFUSED,
        COMMANDS_HELD,
        REPLIES_HELD,
        BUS_CUT,
        BUS_HELD,
        OFFLINE,
        ALL_OFFLINE,
        STOPPED,
        KILLED,
        LEAVES,
        JOINS,
        FAILOVER
    }

    private final World world;
    private final BehindPlan plan;
    private final InMemoryServer server;
    private final BehindOrigin origin;
    private final BehindOracle oracle;
    private final List<BehindClient> clients;
    private final IntFunction<BehindClient> joining;

    /** @param joining makes one more instance, with that number */
    BehindFaults(
            World world,
            InMemoryServer server,
            BehindOrigin origin,
            BehindOracle oracle,
            List<BehindClient> clients,
            IntFunction<BehindClient> joining) {
        this.world = world;
        this.plan = oracle.plan;
        this.server = server;
        this.origin = origin;
        this.oracle = oracle;
        this.clients = clients;
        this.joining = joining;
    }

    void plan(long nanos, int moods, int faults) {
        for (int i = 0; i < moods; i++) {
            world.after(world.between(0, nanos), () -> origin.be(world.oneOf(List.of(Mood.values()))));
        }
        List<Kind> kinds = Arrays.stream(Kind.values())
                .filter(kind -> kind != Kind.FAILOVER || plan.failovers())
                .toList();
        for (int i = 0; i < faults; i++) {
            long lasts = world.between(Times.millis(20), Times.millis(3_000));
            world.after(world.between(0, nanos), () -> inject(world.oneOf(kinds), lasts));
        }
    }

    private List<BehindClient> running() {
        return clients.stream().filter(BehindClient::runs).toList();
    }

    private void inject(Kind kind, long lasts) {
        List<BehindClient> running = running();
        if (running.isEmpty()) {
            return;
        }
        BehindClient one = world.oneOf(running);
        long until = world.now() + lasts;
        world.trace.note(world.now(), one.number(), Trace.NO_KEY, "FAULT " + kind, lasts);
        switch (kind) {
            case COMMANDS_LOST -> one.network.loseCommands(0.2, 0.2, 0.1);
            case COMMANDS_REFUSED -> one.network.loseCommands(0, 0, 1);
            case COMMANDS_HELD -> one.network.holdCommands(until);
            case REPLIES_HELD -> one.network.holdReplies(until);
            case BUS_CUT -> one.remote.disconnect();
            case BUS_HELD -> one.network.holdBus(until);
            case OFFLINE -> goOffline(one);
            case ALL_OFFLINE -> running.forEach(this::goOffline);
            case STOPPED -> one.host.stop();
            case KILLED -> kill(one);
            case LEAVES -> one.leave();
            case JOINS -> join();
            case FAILOVER -> failOver();
        }
        world.at(until, () -> heal(kind == Kind.ALL_OFFLINE ? running : List.of(one)));
    }

    private void goOffline(BehindClient client) {
        client.network.loseCommands(0.5, 0.5, 0.5);
        client.remote.disconnect();
    }

    private void kill(BehindClient client) {
        client.kill();
        oracle.counts.deaths++;
        if (world.chance(0.8)) {
            world.after(world.between(0, Times.millis(1_000)), this::join);
        }
    }

    private void join() {
        if (running().size() < 4) {
            clients.add(joining.apply(clients.size()));
        }
    }

    private void failOver() {
        InMemoryServer.Snapshot data = server.snapshot();
        BehindOracle.Snapshot known = oracle.snapshot();
        world.after(world.between(Times.millis(2), Times.millis(300)), () -> {
            world.trace.note(world.now(), Oracle.EVERYBODY, Trace.NO_KEY, "FAILED OVER", 0);
            oracle.failedOver(known);
            server.failover(data);
        });
    }

    private void heal(List<BehindClient> some) {
        for (BehindClient client : some) {
            client.network.heal();
            client.remote.reconnect();
            client.host.goOn();
        }
    }

    /** Nothing is wrong any more, and somebody is there. */
    void healAll() {
        origin.heal();
        heal(clients.stream().filter(client -> !client.host.isDead()).toList());
        if (running().isEmpty()) {
            join();
        }
    }
}
