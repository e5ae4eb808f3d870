package io.crema.testkit;

import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteTier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * One instance's connections to an {@link InMemoryServer}: one for commands, those of the bus. The methods that are not of
 * {@link RemoteTier} disturb them.
 *
 * <p>Commands and bus are disturbed apart. What a test does to the one leaves the other alone. Thread-safe.
 */
public final class InMemoryRemote implements RemoteTier {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Limits LIMITS = new Limits(1024, 16 * 1024 * 1024);

    private final int number = NUMBERS.incrementAndGet();
    private final InMemoryServer server;
    private final int partitions;
    private final InMemoryBus bus;
    private final Map<Operation, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final Map<Operation, RemoteGate> requestGates = new ConcurrentHashMap<>();
    private final Map<Operation, RemoteGate> replyGates = new ConcurrentHashMap<>();
    private final Map<Operation, Integer> executed = new EnumMap<>(Operation.class);
    /** The numbers of partitions of the caches that were opened; under the server's lock. */
    private final Map<String, Integer> opened = new HashMap<>();

    /** What fails each command under way. */
    private final Set<Runnable> failures = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** What becomes of an operation. */
    enum Behaviour {
        ANSWER,
        FAIL,
        HANG
    }

    InMemoryRemote(InMemoryServer server, int partitions) {
        this.server = server;
        this.partitions = partitions;
        this.bus = new InMemoryBus(server, this);
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public CompletableFuture<Opening> open(CacheTerms terms) {
        return command(Operation.OPEN, () -> {
            InMemoryPrimary.Agreement agreed = server.agree(terms, partitions);
            if (agreed.keyFormat().equals(terms.keyFormat())) {
                opened.put(terms.cache(), agreed.partitions());
                return new Opening.Agreed(new InMemoryCache(server, this, terms.cache(), agreed.partitions()));
            }
            return new Opening.Refused(terms.cache() + ": expected key format " + terms.keyFormat() + ", found "
                    + agreed.keyFormat() + "; use the same key codec in all instances, or another cache name");
        });
    }

    @Override
    public CompletableFuture<Guarantee> guarantee() {
        return CompletableFuture.completedFuture(new Guarantee(true, "memory", List.of()));
    }

    @Override
    public InvalidationBus invalidations() {
        return bus;
    }

    @Override
    public void close() {
        synchronized (server.lock()) {
            if (closed) {
                return;
            }
            closed = true;
            bus.links().forEach(InMemoryLink::lose);
            server.forget(this);
        }
        bus.drain();
        new ArrayList<>(failures).forEach(Runnable::run);
    }

    @Override
    public String toString() {
        return "memory-" + number;
    }

    // Faults of the bus

    /** Keeps messages and replies of the bus back from now on: they are late, not lost. */
    public void holdDelivery() {
        synchronized (server.lock()) {
            bus.links().forEach(InMemoryLink::hold);
        }
    }

    /** Delivers what was held, and what comes. */
    public void releaseDelivery() {
        synchronized (server.lock()) {
            bus.links().forEach(InMemoryLink::release);
        }
        bus.drain();
    }

    /** Loses the next messages to this instance; nothing tells anybody. */
    public void dropMessages(int count) {
        synchronized (server.lock()) {
            bus.drop(count);
        }
    }

    /** Delivers each of the next messages to this instance twice. */
    public void duplicateMessages(int count) {
        synchronized (server.lock()) {
            bus.duplicate(count);
        }
    }

    /** Loses the bus's connections with all that is on its way; none is made until {@link #reconnect()}. */
    public void disconnect() {
        synchronized (server.lock()) {
            bus.links().forEach(InMemoryRemote::cut);
        }
        bus.drain();
    }

    /** As {@link #disconnect()}, for the connection to one primary; the others stay. */
    public void disconnect(int primary) {
        synchronized (server.lock()) {
            cut(bus.link(primary));
        }
        bus.drain();
    }

    private static void cut(InMemoryLink link) {
        link.setUnreachable(true);
        link.lose();
    }

    /** Lets the bus connect again, which it does at once. */
    public void reconnect() {
        synchronized (server.lock()) {
            bus.links().forEach(InMemoryRemote::mend);
        }
        bus.drain();
    }

    /** As {@link #reconnect()}, to one primary. */
    public void reconnect(int primary) {
        synchronized (server.lock()) {
            mend(bus.link(primary));
        }
        bus.drain();
    }

    private static void mend(InMemoryLink link) {
        link.setUnreachable(false);
        link.connect();
    }

    /** Whether the bus has a connection to every primary. */
    public boolean isConnected() {
        synchronized (server.lock()) {
            return bus.links().stream().allMatch(InMemoryLink::isConnected);
        }
    }

    // Faults of operations

    /** Fails these operations at once from now on, without executing them. */
    public void fail(Operation... operations) {
        behave(Behaviour.FAIL, operations);
    }

    /** Neither executes nor answers these operations from now on, until the connection is lost or this is closed. */
    public void hang(Operation... operations) {
        behave(Behaviour.HANG, operations);
    }

    /** Answers all operations again; what hung stays so. */
    public void recover() {
        behaviours.clear();
    }

    /** The server is out of reach: all commands fail at once, and the bus has no connection. */
    public void goOffline() {
        for (Operation operation : Operation.values()) {
            if (!operation.onBus()) {
                fail(operation);
            }
        }
        disconnect();
    }

    /** Undoes {@link #goOffline} and all other failing and hanging. */
    public void comeBack() {
        recover();
        reconnect();
    }

    /**
     * Holds commands before they are executed. A later gate for the same operation takes its place.
     *
     * @throws IllegalArgumentException if the operation is one of the bus, which {@link #holdDelivery} can hold
     */
    public RemoteGate holdRequests(Operation operation) {
        return gate(requestGates, operation, "requests");
    }

    /** As {@link #holdRequests}, but commands are executed, and their messages delivered, before they are held. */
    public RemoteGate holdReplies(Operation operation) {
        return gate(replyGates, operation, "replies");
    }

    /** How many operations of a kind were executed for this instance. */
    public int executed(Operation operation) {
        synchronized (server.lock()) {
            return executed.getOrDefault(operation, 0);
        }
    }

    private void behave(Behaviour behaviour, Operation... operations) {
        for (Operation operation : operations) {
            behaviours.put(operation, behaviour);
        }
    }

    private RemoteGate gate(Map<Operation, RemoteGate> gates, Operation operation, String what) {
        if (operation.onBus()) {
            throw new IllegalArgumentException(
                    operation + " goes over the bus, in order with its messages; hold those");
        }
        RemoteGate gate = new RemoteGate("Gate of " + operation + " " + what + " of " + this);
        gates.put(operation, gate);
        return gate;
    }

    // What the bus and the caches use

    InMemoryBus bus() {
        return bus;
    }

    boolean isClosed() {
        return closed;
    }

    /** The number of partitions of a cache that was opened; 0 if it was not. Under the server's lock. */
    int partitions(String cache) {
        return opened.getOrDefault(cache, 0);
    }

    Behaviour behaviour(Operation operation) {
        return behaviours.getOrDefault(operation, Behaviour.ANSWER);
    }

    /** Counts an execution; under the server's lock. */
    void count(Operation operation) {
        executed.merge(operation, 1, Integer::sum);
        server.count(operation);
    }

    <T> CompletableFuture<T> command(Operation operation, Supplier<T> execution) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        Runnable failClosed = () -> reply.completeExceptionally(new IllegalStateException(this + " is closed"));
        failures.add(failClosed);
        reply.whenComplete((result, failure) -> failures.remove(failClosed));
        Runnable fail = () -> reply.completeExceptionally(RemoteGate.lost(operation));
        if (closed) {
            failClosed.run();
            return reply;
        }
        switch (behaviour(operation)) {
            case ANSWER -> {
                Runnable pass = () -> execute(operation, execution, reply);
                RemoteGate gate = requestGates.get(operation);
                if (gate == null || !gate.hold(pass, fail)) {
                    pass.run();
                }
            }
            case FAIL -> reply.completeExceptionally(new IOException(this + " is out of reach"));
            case HANG -> {}
        }
        return reply;
    }

    private <T> void execute(Operation operation, Supplier<T> execution, CompletableFuture<T> reply) {
        T result;
        try {
            result = server.execute(() -> {
                count(operation);
                return execution.get();
            });
        } catch (IllegalStateException e) {
            reply.completeExceptionally(e);
            return;
        }
        server.deliver();
        Runnable pass = () -> reply.complete(result);
        RemoteGate gate = replyGates.get(operation);
        if (gate == null || !gate.hold(pass, () -> reply.completeExceptionally(RemoteGate.lost(operation)))) {
            pass.run();
        }
    }
}
