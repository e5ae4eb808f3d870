package io.crema.simulation;

import io.crema.testkit.InMemoryServer;
import io.crema.testkit.InMemoryServer.Snapshot;
import java.util.List;

/** Makes go wrong in a running simulation what a round says. */
final class Faults {

    private final World world;
    private final Simulation simulation;
    private final InMemoryServer server;
    private final Plan plan;
    private final Oracle oracle;

    Faults(World world, Simulation simulation, InMemoryServer server, Plan plan, Oracle oracle) {
        this.world = world;
        this.simulation = simulation;
        this.server = server;
        this.plan = plan;
        this.oracle = oracle;
    }

    /**
     * Plans a fault.
     *
     * @param active for how long there are writes from now on
     * @param whole for how long the round lasts
     */
    void plan(Fault fault, long active, long whole) {
        long at = world.between(0, active);
        Client one = world.oneOf(simulation.running());
        long heals = world.between(at + Times.millis(20), whole);
        if (fault.goesBack()) {
            setBack(fault, at, active);
            return;
        }
        world.after(at, () -> {
            world.trace.note(world.now(), one.number(), Trace.NO_KEY, "FAULT " + fault, heals - at);
            inject(fault, one, heals - at);
        });
        world.after(heals, () -> heal(fault, one));
    }

    private void inject(Fault fault, Client one, long lasts) {
        long until = world.now() + lasts;
        Network network = one.network;
        switch (fault) {
            case BUS_HELD -> network.holdBus(until);
            case BUS_CUT -> one.remote.disconnect();
            case BUS_BLIP -> {
                one.remote.disconnect();
                one.remote.reconnect();
            }
            case MESSAGES_LOST -> network.loseMessages(world.oneOf(List.of(0.1, 0.5, 1.0)), 0);
            case MESSAGES_REPEATED -> network.loseMessages(0, 0.5);
            case COMMANDS_LOST -> network.loseCommands(0.15, 0.15, 0.1);
            case COMMANDS_HELD -> network.holdCommands(until);
            case COMMANDS_REFUSED -> network.loseCommands(0, 0, 1);
            case OFFLINE -> {
                network.loseCommands(0.5, 0.5, 0.5);
                one.remote.disconnect();
            }
            case SLOW -> simulation.running().forEach(client -> client.network.slowDown());
            case PARTITIONS_MOVED -> movePartitions(3);
            case STOPPED -> one.host.stop();
            case KILLED -> {
                if (simulation.running().size() > 1) {
                    one.host.kill();
                }
            }
            case JOINED -> simulation.joinLate(world.between(0, Times.millis(200)));
            case UNREADABLE -> server.publishUnreadable(anyCache(), world.below(plan.partitions() + 1));
            case OTHER_HISTORY -> server.changeHistories();
            case RESTART -> {
                oracle.lost(world.now(), world.now() + fault.detectionNanos());
                server.restartEmpty();
            }
            case FLUSH -> server.flushAll();
            case CLOCK_LOST -> server.loseClock(anyCache(), world.below(plan.partitions() + 1));
            case RECORD_LOST -> simulation.loseRecord();
            case TAG_LOST -> server.loseTag(Plan.CONTEXTUAL, world.oneOf(Keys.TAGS));
            case NOTHING, FAILOVER, DEMOTION, ROLLBACK, LATE_FAILOVER, LATE_ROLLBACK -> {}
        }
    }

    private void heal(Fault fault, Client one) {
        one.network.heal();
        switch (fault) {
            case BUS_CUT, OFFLINE -> one.remote.reconnect();
            case STOPPED -> simulation.goOn(one);
            case SLOW -> simulation.running().forEach(client -> client.network.heal());
            default -> {}
        }
    }

    private String anyCache() {
        return world.chance(0.5) ? Plan.PLAIN : Plan.CONTEXTUAL;
    }

    private void movePartitions(int times) {
        server.movePartition(anyCache(), world.below(plan.partitions() + 1), world.below(plan.primaries()));
        if (times > 1) {
            world.after(world.between(0, Times.millis(300)), () -> movePartitions(times - 1));
        }
    }

    private void setBack(Fault fault, long at, long active) {
        world.after(at, () -> {
            Snapshot earlier = server.snapshot();
            long from = world.now();
            world.trace.note(from, Oracle.EVERYBODY, Trace.NO_KEY, "SNAPSHOT", 0);
            long later = switch (fault) {
                case LATE_FAILOVER, LATE_ROLLBACK -> Times.millis(31_500) + active;
                // Once there have been as many writes as were forgotten, nothing tells any more; no server does that.
                case ROLLBACK -> active - at + Times.millis(700);
                default -> world.between(Times.millis(4), Times.millis(300));
            };
            if (fault != Fault.ROLLBACK && fault != Fault.LATE_ROLLBACK) {
                // What is executed but not told when the server goes.
                world.after(later - Times.millis(3), simulation::writeByAll);
                world.after(later - Times.millis(3), this::holdTheLastWords);
            }
            world.after(later, () -> {
                world.trace.note(world.now(), Oracle.EVERYBODY, Trace.NO_KEY, "FAULT " + fault, from);
                oracle.lost(from, world.now() + fault.detectionNanos());
                setBack(fault, earlier);
            });
        });
    }

    /** Messages on their way are lost with the server, or not; replies come when others have repaired what is left. */
    private void holdTheLastWords() {
        long later = world.now() + Times.millis(3);
        boolean all = world.chance(0.5);
        for (Client client : simulation.running()) {
            if (all) {
                client.network.loseLastWords(later + Times.millis(1));
            }
            if (all || world.chance(0.7)) {
                client.network.holdBus(later);
                client.network.holdReplies(later + world.between(0, Times.millis(60)));
            }
        }
    }

    private void setBack(Fault fault, Snapshot earlier) {
        if (world.chance(0.5)) {
            simulation.running().forEach(client -> client.network.slowDown());
        }
        boolean all = world.chance(0.5);
        int one = world.below(plan.primaries());
        if (fault == Fault.DEMOTION) {
            long until = world.now() + Times.millis(6000);
            double share = world.chance(0.5) ? 1 : 0.5;
            simulation.running().stream()
                    .filter(client -> world.chance(share))
                    .forEach(client -> client.network.keepDemoted(until));
        }
        if (fault == Fault.ROLLBACK || fault == Fault.LATE_ROLLBACK) {
            if (all) {
                server.rollback(earlier);
            } else {
                server.rollback(one, earlier);
            }
        } else if (all) {
            server.failover(earlier);
        } else {
            server.failover(one, earlier);
        }
    }
}
