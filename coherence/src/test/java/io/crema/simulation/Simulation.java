package io.crema.simulation;

import io.crema.Crema;
import io.crema.ReadConsistency;
import io.crema.Rules;
import io.crema.policy.Degraded;
import io.crema.simulation.Client.Ending;
import io.crema.simulation.Oracle.Check;
import io.crema.simulation.Oracle.Violation;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.InMemoryServer;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Several instances over one server in memory, on one thread. Each seed gives another run, and the same one every time.
 *
 * <p>A run has rounds. In each there are writes with reads around them, while something goes wrong; then a time without
 * writes that is longer than the bound, so that what is stale by then stays so and is read.
 */
final class Simulation {

    /** The library says what it does about faults, of which there are many. */
    private static final Logger LIBRARY = Logger.getLogger("io.crema");

    private static final long BOUND = Plan.BOUND.toNanos();

    private final World world;
    private final Setup setup;
    private final Plan plan;
    private final Keys keys;
    private final Oracle oracle;
    private final InMemoryServer server;
    private final Tampering tampering;
    private final List<Client> clients = new ArrayList<>();
    private final Faults faults;

    private Simulation(long seed, Setup setup, Trace trace) {
        this.world = new World(seed, trace);
        this.setup = setup;
        this.plan = Plan.of(world);
        this.keys = new Keys(world);
        this.oracle = new Oracle(world, keys, plan);
        this.server = InMemoryServer.create(world.time(), plan.primaries());
        this.tampering = setup.tampering().apply(world, server);
        this.faults = new Faults(world, this, server, plan, oracle);
        if (plan.relayed()) {
            server.relayMessages();
        }
    }

    static Verdict run(long seed, Setup setup) {
        return run(seed, setup, new Counts());
    }

    static Verdict run(long seed, Setup setup, Counts counts) {
        return new Simulation(seed, setup, Trace.hashOnly()).run(seed, counts);
    }

    /** The same, with words about what happened to the key concerned. */
    static Verdict explain(long seed, Setup setup) {
        return new Simulation(seed, setup, Trace.inWords()).run(seed, new Counts());
    }

    private Verdict run(long seed, Counts counts) {
        Level before = LIBRARY.getLevel();
        LIBRARY.setLevel(Level.OFF);
        try {
            for (int i = 0; i < plan.instances(); i++) {
                join();
            }
            for (Fault fault : plan.rounds()) {
                round(fault);
            }
            finish();
        } catch (RuntimeException | StackOverflowError e) {
            StringBuilder where = new StringBuilder(e.toString());
            for (int i = 0; i < Math.min(12, e.getStackTrace().length); i++) {
                where.append(System.lineSeparator()).append("  at ").append(e.getStackTrace()[i]);
            }
            oracle.violated(Check.TASK, Trace.NO_KEY, where.toString());
        } finally {
            clients.forEach(client -> client.countIn(counts));
            LIBRARY.setLevel(before);
        }
        counts.runs++;
        counts.checked += oracle.checked();
        Violation violation = oracle.violation();
        String about = violation == null ? "" : world.trace.about(violation.key(), 400);
        return new Verdict(seed, plan, violation, world.trace.hash(), world.trace.count(), about);
    }

    List<Client> running() {
        return clients.stream().filter(Client::runs).toList();
    }

    private @Nullable Client anyone() {
        List<Client> running = running();
        return running.isEmpty() ? null : world.oneOf(running);
    }

    /** Makes one more instance; what that asks of the server is answered at once. */
    void join() {
        joinLate(0);
    }

    /** As {@link #join}, but the bus of the instance connects later. */
    void joinLate(long nanos) {
        Host host = new Host(world, clients.size());
        Network network = new Network(world, plan.ordered());
        network.setImmediate(true);
        InMemoryRemote remote = server.connect(plan.partitions());
        if (nanos > 0) {
            remote.disconnect();
            world.after(nanos, remote::reconnect);
        }
        SlowBus bus = new SlowBus(remote.invalidations(), world, host, network, tampering);
        SlowRemote slow =
                new SlowRemote(remote, bus, new Commands(world, host, network), cache -> tampering.of(cache, host));
        Crema.Builder builder = Crema.builder().remote(slow).ticker(host).executor(host);
        Crema crema = Rules.seeded(Rules.replaced(builder, setup.rules().get()), world.number())
                .build();
        // Building a cache waits a while for a server that is late, which on this thread would be for nothing.
        Thread.currentThread().interrupt();
        try {
            clients.add(new Client(world, keys, oracle, plan, host, network, remote, crema));
        } finally {
            boolean unused = Thread.interrupted();
        }
        network.setImmediate(false);
    }

    // Rounds

    private void round(Fault fault) {
        long active = world.between(Times.millis(300), Times.millis(1800));
        long late = fault.isLate() ? Times.millis(31_500) + active : 0;
        long quiet = BOUND + Times.millis(600) + fault.detectionNanos() + late;
        faults.plan(fault, active, active + quiet);
        for (long at = 0; at < active; at += world.between(Times.millis(5), Times.millis(90))) {
            world.after(at, this::episode);
        }
        advance(active);
        long step = Times.millis(150) + (fault.detectionNanos() + late) / 20;
        for (long at = 0; at < quiet; at += step) {
            world.after(at + world.between(0, step), this::readSome);
        }
        advance(quiet);
        readEverything();
        advance(Times.millis(100));
    }

    /** Stops at the first violation. */
    private void advance(long nanos) {
        long end = world.now() + nanos;
        while (oracle.violation() == null && world.now() < end) {
            world.advance(Math.min(Times.millis(50), end - world.now()));
        }
    }

    /** A write of a key, and reads of it around that by all. */
    private void episode() {
        int key = world.below(keys.count());
        long before = Times.millis(4);
        Client writer = anyone();
        if (writer == null) {
            return;
        }
        if (key != keys.still()) {
            world.after(before + world.between(0, Times.millis(2)), () -> writer.host.run(() -> write(writer, key)));
        }
        for (Client reader : clients) {
            int reads = 1 + world.below(4);
            for (int i = 0; i < reads; i++) {
                long at = world.between(0, Times.millis(world.chance(0.3) ? 40 : 10));
                world.after(at, () -> reader.host.run(() -> read(reader, key)));
            }
        }
        if (key != keys.still() && world.chance(0.15)) {
            world.after(world.between(0, Times.millis(10)), () -> writer.host.run(() -> write(writer, key)));
        }
    }

    /** Every instance writes something within the next few milliseconds, one of them what nobody wrote before. */
    void writeByAll() {
        Client first = anyone();
        for (Client writer : running()) {
            int key = writer == first ? keys.still() : world.below(keys.still());
            world.after(world.between(0, Times.millis(3)), () -> writer.host.run(() -> write(writer, key)));
        }
    }

    private void read(Client reader, int key) {
        int luck = world.below(100);
        if (luck < 76) {
            reader.read(key, ReadConsistency.BOUNDED);
        } else if (luck < 84) {
            reader.read(key, ReadConsistency.LATEST);
        } else if (luck < 92) {
            reader.readAll(keys.kind(key).isContextual());
        } else if (luck < 95) {
            reader.lookUp(key);
        } else if (luck < 97) {
            reader.read(key, ReadConsistency.EVENTUAL);
        } else {
            reader.refresh(key);
        }
    }

    private void readSome() {
        for (Client reader : running()) {
            for (int key = 0; key < keys.count(); key++) {
                if (world.chance(0.7)) {
                    int read = key;
                    world.after(
                            world.between(0, Times.millis(100)),
                            () -> reader.host.run(() -> reader.read(read, ReadConsistency.BOUNDED)));
                }
            }
        }
    }

    private void readEverything() {
        for (Client reader : running()) {
            keys.all().forEach(key -> reader.read(key, ReadConsistency.BOUNDED));
        }
    }

    /** The process goes on; what its callers do comes before anything else. */
    void goOn(Client stopped) {
        if (stopped.host.isStopped()) {
            stopped.host.goOn();
            keys.all().forEach(key -> stopped.read(key, ReadConsistency.BOUNDED));
        }
    }

    void loseRecord() {
        int key = world.below(keys.count());
        String cache = keys.kind(key).isContextual() ? Plan.CONTEXTUAL : Plan.PLAIN;
        for (int partition = 0; partition < plan.partitions(); partition++) {
            server.loseRecord(cache, partition, Values.stored(key));
        }
    }

    // Writes

    private void write(Client writer, int key) {
        switch (keys.kind(key)) {
            case PLAIN -> writePlain(writer, key);
            case TAGGED -> writeTagged(writer, key);
            case VERSIONED -> writeVersion(writer, key);
        }
    }

    private boolean commit(List<Integer> those) {
        if (!those.stream().allMatch(keys::mayCommit)) {
            return false;
        }
        those.forEach(key -> world.trace.note(world.now(), Oracle.EVERYBODY, key, "commit", keys.commit(key)));
        return true;
    }

    private void writePlain(Client writer, int key) {
        int luck = world.below(100);
        if (luck < 12) {
            writer.quarantine(key, ending());
        } else if (luck < 27 && plan.ordered()) {
            writer.putLocked(key);
        } else if (luck < 37 && plan.ordered()) {
            writer.putIfAbsent(key);
        } else {
            writeAnyway(writer, key, luck);
        }
    }

    private Ending ending() {
        if (world.chance(0.15) && plan.keepsQuarantines()) {
            return Ending.NEVER;
        }
        return world.chance(0.5) ? Ending.END : Ending.PUT;
    }

    private void writeTagged(Client writer, int key) {
        int luck = world.below(100);
        if (luck < 15 && plan.ordered()) {
            writer.putLocked(key);
        } else if (luck < 65) {
            if (commit(keys.withTag(keys.tag(key)))) {
                writer.invalidateTag(keys.tag(key));
            }
        } else {
            writeAnyway(writer, key, luck);
        }
    }

    private void writeAnyway(Client writer, int key, int luck) {
        boolean contextual = keys.kind(key).isContextual();
        if (!commit(List.of(key))) {
            return;
        }
        if (plan.degraded() == Degraded.RESERVE && luck >= 70) {
            // What was cleared here is no reserve here.
            writer.clear(contextual);
        } else if (luck < 80) {
            writer.invalidate(key);
        } else if (luck < 88) {
            writer.expire(key);
        } else if (luck < 96) {
            writer.clear(contextual);
        } else {
            writer.invalidateAll(keys.of(contextual).stream()
                    .filter(one -> !keys.kind(one).hasVersions())
                    .toList());
        }
    }

    private void writeVersion(Client writer, int key) {
        if (!commit(List.of(key))) {
            return;
        }
        int luck = world.below(100);
        if (luck < 50) {
            writer.putVersion(key);
        } else if (luck < 85) {
            writer.invalidate(key);
        } else {
            writer.expire(key);
        }
    }

    // The end

    /** Nothing is wrong any more: everything ends, and everybody has the newest of everything. */
    private void finish() {
        oracle.everythingHeals();
        for (Client client : clients) {
            client.network.heal();
            client.remote.reconnect();
            goOn(client);
        }
        for (int attempt = 0; attempt < 10 && !isSettled(); attempt++) {
            settle();
            advance(Times.millis(700));
        }
        if (oracle.violation() != null) {
            return;
        }
        if (!isSettled()) {
            oracle.violated(Check.HANGS, Trace.NO_KEY, "invalidations are not confirmed although nothing is wrong");
        }
        // Longer than the bound, and than the longest load.
        advance(BOUND + Times.millis(1500));
        readEverything();
        advance(Times.millis(6000));
        for (Client client : clients) {
            if (client.runs() && !client.open().isEmpty()) {
                oracle.violated(Check.HANGS, Trace.NO_KEY, "instance " + client.number() + " waits: " + client.open());
            }
        }
        clients.forEach(client -> client.crema.close());
        advance(Times.millis(10));
    }

    private boolean isSettled() {
        return clients.stream().allMatch(client -> !client.runs() || client.owesNothing())
                && keys.all().stream().allMatch(key -> keys.version(key) == 1 || oracle.isSettled(key));
    }

    /** What a writer did not get confirmed it does again, and if it is there no more, another. */
    private void settle() {
        Client writer = anyone();
        if (writer != null) {
            keys.all().stream().filter(key -> !oracle.isSettled(key)).forEach(writer::invalidate);
        }
    }
}
