package io.crema.simulation;

import io.crema.spi.RemoteKey;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The commands of one instance on their way to the server and back. */
final class Commands {

    private final World world;
    private final Host host;
    private final Network network;

    Commands(World world, Host host, Network network) {
        this.world = world;
        this.host = host;
        this.network = network;
    }

    <T> CompletableFuture<T> send(String operation, RemoteKey key, Supplier<CompletableFuture<T>> execution) {
        return send(operation, Values.keyOf(key), execution);
    }

    /** @param key the number of the key concerned */
    <T> CompletableFuture<T> send(String operation, int key, Supplier<CompletableFuture<T>> execution) {
        if (network.isImmediate()) {
            return execution.get();
        }
        CompletableFuture<T> reply = new CompletableFuture<>();
        if (network.refuses()) {
            world.trace.note(world.now(), host.number(), key, operation + " refused", 0);
            host.schedule(
                    Times.micros(100),
                    () -> reply.completeExceptionally(new IOException("The server is out of reach")));
            return reply;
        }
        boolean requestLost = network.losesRequest();
        long at = network.executionTime();
        if (requestLost) {
            world.trace.note(world.now(), host.number(), key, operation + " lost", 0);
        } else {
            world.at(at, () -> execute(operation, key, execution, reply));
        }
        return reply;
    }

    /** The server goes on whatever becomes of the process that asked. */
    private <T> void execute(
            String operation, int key, Supplier<CompletableFuture<T>> execution, CompletableFuture<T> reply) {
        CompletableFuture<T> executed = execution.get();
        boolean lost = network.losesReply();
        world.trace.note(world.now(), host.number(), key, operation + (lost ? " (reply lost)" : ""), 0);
        if (lost) {
            return;
        }
        world.at(
                network.replyTime(),
                () -> host.run(() -> executed.whenComplete((result, failure) -> {
                    if (failure == null) {
                        reply.complete(result);
                    } else {
                        reply.completeExceptionally(failure);
                    }
                })));
    }
}
