package io.crema.simulation;

import io.crema.CacheBuilder;
import io.crema.Crema;
import io.crema.Rules;
import io.crema.internal.engine.OpenLoads;
import io.crema.simulation.LoadOracle.Violation;
import io.crema.spi.LeaseState;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.InMemoryServer;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Instances with policies of loading that a seed draws, over an origin that fails, hangs and is late, and a remote tier
 * that cannot always be reached; on one thread at a time. Each seed gives another run, and the same one every time.
 *
 * <p>First everything goes wrong, then the origin alone, then nothing, so that everything ends and nothing is left.
 */
final class LoadSimulation {

    private static final Logger LIBRARY = Logger.getLogger("io.crema");

    /**
     * A run that came to its end.
     *
     * @param violation null = none
     * @param hash of everything that happened
     */
    record Result(long seed, LoadPlan plan, @Nullable Violation violation, long hash, String about) {

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
    private final LoadPlan plan;
    private final LoadSetup setup;
    private final List<LoadClient> clients = new ArrayList<>();
    private final LoadOracle oracle;
    private final LoadOrigin origin;
    private final LoadFaults faults;
    private final InMemoryServer server;
    private @Nullable RemoteCache atServer;

    private LoadSimulation(long seed, LoadSetup setup, Trace trace, LoadCounts counts) {
        world = new World(seed, trace);
        this.setup = setup;
        plan = LoadPlan.of(world);
        server = InMemoryServer.create(world.time());
        long limit = server.connect(1).timeLimit().toNanos();
        oracle = new LoadOracle(world, plan, clients, limit, counts);
        origin = new LoadOrigin(world, plan, oracle);
        faults = new LoadFaults(world, origin, oracle, clients);
    }

    static Result run(long seed, LoadSetup setup, LoadCounts counts) {
        return new LoadSimulation(seed, setup, Trace.hashOnly(), counts).run(seed);
    }

    /** The same, with words about what happened to the key concerned. */
    static Result explain(long seed, LoadSetup setup) {
        return new LoadSimulation(seed, setup, Trace.inWords(), new LoadCounts()).run(seed);
    }

    private Result run(long seed) {
        Level before = LIBRARY.getLevel();
        LIBRARY.setLevel(Level.OFF);
        try {
            for (int i = 0; i < plan.instances(); i++) {
                join();
            }
            // The first write of a partition starts its clock.
            clients.forEach(client -> client.cache.async().clear());
            advance(Times.millis(300));
            troubles();
            end(seed);
        } catch (RuntimeException | StackOverflowError e) {
            StringBuilder where = new StringBuilder(e.toString());
            Throwable cause = e.getCause() == null ? e : e.getCause();
            for (int i = 0; i < Math.min(12, cause.getStackTrace().length); i++) {
                where.append(System.lineSeparator()).append("  at ").append(cause.getStackTrace()[i]);
            }
            oracle.wrong(Trace.NO_KEY, where.toString());
        } finally {
            clients.forEach(client -> client.threads.close());
            LIBRARY.setLevel(before);
        }
        Violation violation = oracle.violation();
        String about = violation == null ? "" : world.trace.about(violation.key(), 1_000);
        return new Result(seed, plan, violation, world.trace.hash(), about);
    }

    private void join() {
        Host host = new Host(world, clients.size());
        Network network = new Network(world, true);
        network.setImmediate(true);
        Coroutines threads = new Coroutines(world, host);
        Crema.Builder builder = Crema.builder().ticker(host).executor(threads).circuitBreaker(plan.breaker());
        InMemoryRemote remote = null;
        if (plan.remote()) {
            remote = server.connect(1);
            SlowBus bus = new SlowBus(remote.invalidations(), world, host, network, new Tampering());
            builder.remote(new SlowRemote(remote, bus, new Commands(world, host, network), this::watched));
        }
        Crema crema = Rules.seeded(builder, world.number()).build();
        CacheBuilder<String, Long> cache = setup.policies().apply(plan).configure(crema);
        clients.add(new LoadClient(world, plan, origin, oracle, host, network, remote, threads, crema, cache));
        network.setImmediate(false);
    }

    private RemoteCache watched(RemoteCache cache) {
        atServer = cache;
        return oracle.shelf.watched(setup.tampering().apply(cache));
    }

    private void troubles() {
        long both = Times.millis(5_000);
        faults.planMoods(both, world.below(6));
        if (plan.remote()) {
            faults.planRemote(both, world.below(4));
        }
        operate(both);
        clients.forEach(this::heal);
        // Leases that were lost with their replies end.
        advance(plan.leaseNanos() + Times.millis(500));
        long originAlone = Times.millis(6_000);
        faults.planMoods(originAlone, 1 + world.below(6));
        operate(originAlone);
    }

    private void heal(LoadClient client) {
        if (plan.remote()) {
            faults.heal(client);
        }
    }

    private void operate(long nanos) {
        double writes = world.oneOf(List.of(0.0, 0.05, 0.25));
        long pause = world.oneOf(List.of(Times.millis(20), Times.millis(60), Times.millis(150)));
        long at = 0;
        while (at < nanos) {
            world.after(at, () -> step(writes));
            at += world.chance(0.03) ? world.between(0, Times.millis(1_500)) : world.between(0, pause);
        }
        advance(nanos);
    }

    private void step(double writes) {
        LoadClient client = world.oneOf(clients);
        // Some keys are read more than others.
        int most = 1 + world.below(plan.keys());
        int key = world.below(most);
        if (world.chance(writes)) {
            write(client, key);
            return;
        }
        int luck = world.below(100);
        if (luck < 66) {
            client.get(key);
        } else if (luck < 76) {
            client.getAll();
        } else if (luck < 80) {
            client.refresh(key);
        } else if (luck < 88) {
            client.lookUp(key);
        } else if (luck < 92) {
            client.lookUpAll();
        } else {
            client.entry(key);
        }
    }

    private void write(LoadClient client, int key) {
        int luck = world.below(100);
        if (luck >= 94) {
            client.clear();
        } else if (luck >= 84) {
            client.invalidateTag();
        } else if (!origin.commit(key)) {
            return;
        } else if (luck < 30) {
            client.put(key);
        } else if (luck < 60) {
            client.invalidate(key);
        } else {
            client.expire(key);
        }
    }

    /** Stops at the first violation. */
    private void advance(long nanos) {
        long end = world.now() + nanos;
        while (oracle.violation() == null && world.now() < end) {
            world.advance(Math.min(Times.millis(50), end - world.now()));
        }
    }

    // The end

    private void end(long seed) {
        origin.heal();
        for (int i = 0; i < 20 && !(origin.isIdle() && oracle.readers.open().isEmpty()); i++) {
            advance(Times.millis(500));
        }
        advance(Times.millis(500));
        nothingIsLeft();
        // Now the origin is well again, and nobody holds anything back any more.
        advance(plan.longestHoldNanos() + Times.millis(100));
        clients.forEach(client -> client.refresh(0));
        advance(Times.millis(1_000));
        for (LoadClient client : clients) {
            for (int key = 0; key < plan.keys(); key++) {
                client.get(key);
            }
        }
        advance(Times.millis(2_000));
        nothingIsLeft();
        if (seed % 16 == 0) {
            advance(plan.longestHoldNanos() + Times.millis(121_000));
            for (LoadClient client : clients) {
                leftOver(OpenLoads.rememberedFailures(client.cache) + " failures", 0, client);
            }
        }
        clients.forEach(client -> client.crema.close());
        advance(Times.millis(10));
    }

    private void leftOver(String what, int count, LoadClient client) {
        if (!what.startsWith(count + " ")) {
            oracle.wrong(Trace.NO_KEY, "instance " + client.number() + " still has " + what);
        }
    }

    private void nothingIsLeft() {
        if (oracle.violation() != null) {
            return;
        }
        oracle.readers.open().forEach(op -> oracle.wrong(op.keys.get(0), op + " does not end"));
        for (LoadClient client : clients) {
            List<String> left = client.leftOver();
            if (!left.isEmpty()) {
                oracle.wrong(Trace.NO_KEY, "instance " + client.number() + " still has " + left);
            }
        }
        RemoteCache cache = atServer;
        if (cache == null) {
            return;
        }
        for (int key = 0; key < plan.keys(); key++) {
            LeaseState lease = cache.read(new RemoteKey(0, Values.stored(key)), ReadMode.HEADER)
                    .join()
                    .lease();
            if (lease.isLoading()) {
                oracle.wrong(key, "a lease is left for " + lease.leftMillis() + " ms");
            }
        }
    }
}
