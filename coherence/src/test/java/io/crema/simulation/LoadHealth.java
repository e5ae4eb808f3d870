package io.crema.simulation;

import io.crema.CacheStats;
import java.util.ArrayList;
import java.util.List;

/** Since when nothing has been wrong with the connections to the remote tier, as far as anybody can tell. */
final class LoadHealth {

    private final World world;
    private final List<LoadClient> clients;
    private final List<long[]> seen = new ArrayList<>();
    private long commandsDisturbed = Long.MIN_VALUE / 2;
    private long busDisturbed = Long.MIN_VALUE / 2;

    /** When a load was last rejected, or timed out. */
    private long refused = Long.MIN_VALUE / 2;

    LoadHealth(World world, List<LoadClient> clients) {
        this.world = world;
        this.clients = clients;
    }

    /** A fault is there from now on, until that time. */
    void disturbed(long until) {
        commandsDisturbed = Math.max(commandsDisturbed, until);
        busDisturbed = Math.max(busDisturbed, until);
    }

    /** Counts what the instances have noticed. */
    private void look() {
        while (seen.size() < clients.size()) {
            seen.add(new long[3]);
        }
        for (int i = 0; i < clients.size(); i++) {
            CacheStats stats = clients.get(i).cache.stats();
            long[] before = seen.get(i);
            long failed = stats.remoteFailures() + stats.remoteRefused();
            long bus = stats.gaps() + stats.resyncsKept();
            long timeouts = stats.loadTimeouts() + stats.loadsRejected();
            if (failed != before[0] || stats.invalidationsPending() > 0) {
                commandsDisturbed = Math.max(commandsDisturbed, world.now());
            }
            if (bus != before[1]) {
                busDisturbed = Math.max(busDisturbed, world.now());
            }
            if (timeouts != before[2]) {
                refused = world.now();
            }
            before[0] = failed;
            before[1] = bus;
            before[2] = timeouts;
        }
    }

    boolean isHealthySince(long time) {
        look();
        return commandsDisturbed < time;
    }

    boolean isWholeSince(long time) {
        return isHealthySince(time) && busDisturbed < time;
    }

    long lastRefusal() {
        look();
        return refused;
    }
}
