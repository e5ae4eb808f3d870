package io.crema.simulation;

import io.crema.Crema;
import io.crema.Rules;
import io.crema.simulation.BehindOracle.Violation;
import io.crema.spi.RemoteCache;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.InMemoryServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Instances that write behind their callers, over a remote tier that cannot always be reached and an origin that fails,
 * hangs and is late; instances die, stop for a while, leave and join. On one thread at a time; each seed gives another run,
 * and the same one every time.
 *
 * <p>First everything goes wrong, then nothing, so that the origin has to have what was kept.
 */
final class BehindSimulation {

    private static final Logger LIBRARY = Logger.getLogger("io.crema");

    /**
     * A run that came to its end.
     *
     * @param violation null = none
     * @param hash of everything that happened
     */
    record Result(long seed, BehindPlan plan, @Nullable Violation violation, long hash, String about) {

        boolean isViolated() {
            return violation != null;
        }

        @Override
        public String toString() {
            return "seed " + seed + ": " + (violation == null ? "no violation" : violation.what())
                    + System.lineSeparator() + plan + System.lineSeparator() + about;
        }
    }

    private final World world;
    private final BehindPlan plan;
    private final BehindSetup setup;
    private final List<BehindClient> clients = new ArrayList<>();
    private final BehindOracle oracle;
    private final BehindOrigin origin;
    private final BehindWatch watch;
    private final BehindFaults faults;
    private final InMemoryServer server;
    private final UnaryOperator<RemoteCache> tampering;

    private BehindSimulation(long seed, BehindSetup setup, Trace trace, BehindCounts counts) {
        world = new World(seed, trace);
        this.setup = setup;
        plan = BehindPlan.of(world);
        server = InMemoryServer.create(world.time());
        tampering = setup.tampering().apply(server);
        oracle = new BehindOracle(world, plan, counts);
        origin = new BehindOrigin(world, oracle);
        watch = new BehindWatch(server, oracle, origin);
        origin.calls().watchedBy(watch);
        faults = new BehindFaults(world, server, origin, oracle, clients, this::join);
    }

    static Result run(long seed, BehindSetup setup, BehindCounts counts) {
        return new BehindSimulation(seed, setup, Trace.hashOnly(), counts).run(seed);
    }

    /** The same, with words about what happened to the key concerned. */
    static Result explain(long seed, BehindSetup setup) {
        return new BehindSimulation(seed, setup, Trace.inWords(), new BehindCounts()).run(seed);
    }

    private Result run(long seed) {
        Level before = LIBRARY.getLevel();
        LIBRARY.setLevel(Level.OFF);
        try {
            for (int i = 0; i < plan.instances(); i++) {
                clients.add(join(i));
            }
            clients.get(0).clear();
            advance(Times.millis(300));
            troubles();
            end();
        } catch (RuntimeException | StackOverflowError e) {
            StringBuilder where = new StringBuilder(e.toString());
            Throwable cause = e.getCause() == null ? e : e.getCause();
            for (int i = 0; i < Math.min(12, cause.getStackTrace().length); i++) {
                where.append(System.lineSeparator()).append("  at ").append(cause.getStackTrace()[i]);
            }
            oracle.wrong(Trace.NO_KEY, where.toString());
        } finally {
            world.trace.end();
            clients.forEach(client -> client.threads.close());
            LIBRARY.setLevel(before);
        }
        Violation violation = oracle.violation();
        String about = violation == null ? "" : world.trace.about(violation.key(), 1_000);
        return new Result(seed, plan, violation, world.trace.hash(), about);
    }

    private BehindClient join(int number) {
        Host host = new Host(world, number);
        Network network = new Network(world, true);
        network.setImmediate(true);
        Coroutines threads = new Coroutines(world, host);
        InMemoryRemote remote = server.connect(plan.partitions());
        SlowBus bus = new SlowBus(remote.invalidations(), world, host, network, new Tampering());
        Crema.Builder builder = Crema.builder()
                .ticker(host)
                .executor(threads)
                .circuitBreaker(plan.breaker())
                .remote(new SlowRemote(
                        remote,
                        bus,
                        new Commands(world, host, network),
                        cache -> tampering.apply(watch.watched(cache, number))));
        Crema crema = Rules.seeded(builder, world.number()).build();
        BehindClient client = new BehindClient(world, oracle, origin, setup, host, network, remote, threads, crema);
        network.setImmediate(false);
        return client;
    }

    private void troubles() {
        long active = Times.millis(6_000);
        if (world.chance(0.2)) {
            origin.poison(0);
        }
        faults.plan(active, world.below(6), world.below(6));
        double writes = world.oneOf(List.of(0.2, 0.5, 0.8));
        long pause = world.oneOf(List.of(Times.millis(15), Times.millis(60), Times.millis(200)));
        long at = 0;
        while (at < active) {
            world.after(at, () -> step(writes));
            at += world.chance(0.03) ? world.between(0, Times.millis(1_500)) : world.between(0, pause);
        }
        advance(active);
    }

    private void step(double writes) {
        List<BehindClient> running = clients.stream()
                .filter(client -> client.runs() && !client.host.isStopped())
                .toList();
        if (running.isEmpty() || oracle.violation() != null) {
            return;
        }
        BehindClient client = world.oneOf(running);
        // Some keys are used more than others.
        int key = world.below(1 + world.below(plan.keys()));
        if (world.chance(writes)) {
            write(client, key);
        } else if (world.chance(0.25)) {
            otherwise(client, key);
        } else {
            read(client, key);
        }
        for (int each = 0; each < plan.keys(); each++) {
            watch.requireDirty(each);
        }
    }

    private void write(BehindClient client, int key) {
        int luck = world.below(100);
        if (luck < 70) {
            client.put(key);
        } else if (luck < 90) {
            client.delete(key);
        } else {
            client.putAll();
        }
    }

    private void read(BehindClient client, int key) {
        int luck = world.below(100);
        if (luck < 60) {
            client.get(key);
        } else if (luck < 75) {
            client.getLatest(key);
        } else if (luck < 90) {
            client.getAll();
        } else {
            client.refresh(key);
        }
    }

    private void otherwise(BehindClient client, int key) {
        int luck = world.below(100);
        if (luck < 35) {
            client.invalidate(key);
        } else if (luck < 55) {
            client.expire(key);
        } else if (luck < 65) {
            client.clear();
        } else if (luck < 75) {
            client.invalidateTag();
        } else if (luck < 85) {
            client.findLetters();
        } else {
            client.settleLetter();
        }
    }

    /** Stops at the first violation. */
    private void advance(long nanos) {
        long end = world.now() + nanos;
        while (oracle.violation() == null && world.now() < end) {
            clients.forEach(BehindClient::trouble);
            world.advance(Math.min(Times.millis(50), end - world.now()));
        }
    }

    // The end

    private void end() {
        faults.healAll();
        settle();
        if (world.chance(0.5)) {
            BehindClient client = running().get(0);
            client.findLetters();
            advance(Times.millis(500));
            client.retryAll();
            settle();
        }
        everybodyHasTheNewest();
        nothingIsLeft();
        clients.forEach(BehindClient::close);
        advance(Times.millis(10));
    }

    private List<BehindClient> running() {
        return clients.stream().filter(BehindClient::runs).toList();
    }

    /** Until everything has been written. */
    private void settle() {
        long limit = world.now() + plan.settlingNanos();
        do {
            advance(Times.millis(500));
        } while (world.now() < limit && oracle.violation() == null && !(oracle.isAllDone() && origin.isIdle()));
        if (oracle.violation() != null) {
            return;
        }
        for (int key = 0; key < plan.keys(); key++) {
            requireDone(key);
        }
        // Owners look how much there is when they renew their leases.
        advance(plan.leaseNanos());
    }

    private void requireDone(int key) {
        BehindOracle.Kept open = oracle.newestOpen(key);
        if (open != null) {
            oracle.wrong(key, open + " is still in the journal, though nothing is wrong");
        }
        BehindOrigin.Row row = origin.row(key);
        if (row.id() < oracle.newest(key)) {
            oracle.wrong(key, "the origin has " + row + " instead of " + oracle.newest(key));
        }
        BehindOracle.Kept made = oracle.write(key, row.id());
        if (made != null && made.value == row.value() || row.id() == 0) {
            return;
        }
        // Of what was forgotten it may have the newest, unless somebody was told of one that came after.
        if (oracle.lastFailover() < 0 || oracle.newestAcknowledgedSince(key, oracle.lastFailover()) > 0) {
            oracle.wrong(key, "the origin has " + row + ", which nobody has written, or another one with that id");
        }
    }

    /** Nobody's copy outlives this unless it is right: what was written is, without any invalidation. */
    private void everybodyHasTheNewest() {
        advance(BehindPlan.BOUND.toNanos());
        for (BehindClient client : running()) {
            for (int key = 0; key < plan.keys(); key++) {
                client.get(key);
                client.getLatest(key);
            }
        }
        advance(Times.millis(1_500));
        for (int key = 0; key < plan.keys(); key++) {
            watch.requireDirty(key);
            if (origin.lastId(key) != oracle.newest(key)) {
                // What was given up, or forgotten, may have been made after others have loaded; nobody is told of that.
                running().get(0).invalidate(key);
            }
        }
        advance(BehindPlan.BOUND.toNanos());
        running().forEach(client -> client.requireAgreement(origin));
        advance(Times.millis(1_500));
    }

    private void nothingIsLeft() {
        advance(plan.policy().timeout().toNanos() + Times.millis(1_500));
        if (oracle.violation() != null) {
            return;
        }
        for (BehindClient client : running()) {
            List<String> left = client.leftOver();
            if (!left.isEmpty()) {
                oracle.wrong(Trace.NO_KEY, "instance " + client.number() + ": " + left);
            }
        }
    }
}
