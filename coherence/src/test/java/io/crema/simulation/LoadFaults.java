package io.crema.simulation;

import io.crema.simulation.LoadOrigin.Mood;
import java.util.List;

/** Makes go wrong in a simulation of loads what a seed says. */
final class LoadFaults {

    /** What goes wrong with one instance's connections. */
    private enum Kind {
        COMMANDS_LOST,
        COMMANDS_REFUSED,
        COMMANDS_HELD,
        BUS_CUT,
        BUS_HELD,
        OFFLINE
    }

    private final World world;
    private final LoadOrigin origin;
    private final LoadOracle oracle;
    private final List<LoadClient> clients;

    LoadFaults(World world, LoadOrigin origin, LoadOracle oracle, List<LoadClient> clients) {
        this.world = world;
        this.origin = origin;
        this.oracle = oracle;
        this.clients = clients;
    }

    /** The origin changes its mood some times. */
    void planMoods(long nanos, int changes) {
        for (int i = 0; i < changes; i++) {
            world.after(world.between(0, nanos), () -> origin.be(world.oneOf(List.of(Mood.values()))));
        }
    }

    void planRemote(long nanos, int count) {
        for (int i = 0; i < count; i++) {
            long at = world.between(0, nanos);
            long lasts = world.between(Times.millis(20), Times.millis(1_500));
            world.after(at, () -> inject(world.oneOf(clients), world.oneOf(List.of(Kind.values())), lasts));
        }
    }

    private void inject(LoadClient client, Kind kind, long lasts) {
        long until = world.now() + lasts;
        world.trace.note(world.now(), client.number(), Trace.NO_KEY, "FAULT " + kind, lasts);
        oracle.health.disturbed(until + Times.millis(200));
        switch (kind) {
            case COMMANDS_LOST -> client.network.loseCommands(0.3, 0.3, 0.1);
            case COMMANDS_REFUSED -> client.network.loseCommands(0, 0, 1);
            case COMMANDS_HELD -> client.network.holdCommands(until);
            case BUS_CUT -> client.remote().disconnect();
            case BUS_HELD -> client.network.holdBus(until);
            case OFFLINE -> {
                client.network.loseCommands(0.5, 0.5, 0.5);
                client.remote().disconnect();
            }
        }
        world.at(until, () -> heal(client));
    }

    void heal(LoadClient client) {
        client.network.heal();
        client.remote().reconnect();
    }
}
