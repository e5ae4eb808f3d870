package io.crema.coherence;

import io.crema.testkit.EmbeddedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Where a fault happens. For the one thread that leads the run.
 *
 * @param hold how long the fault is to last: longer than the bound
 * @param slot what is to be said about this occurrence
 */
record Scene(Topology topology, Fleet fleet, Admin admin, Random random, Duration hold, Timeline.Slot slot) {

    /** One of the servers that accept writes. */
    EmbeddedRedis anyPrimary() {
        EmbeddedRedis chosen = any(topology.primaries());
        slot.note("server " + chosen.port());
        return chosen;
    }

    /** One instance. */
    Fleet.Member anyMember() {
        return anyOf(fleet.members());
    }

    Fleet.Member anyOf(List<Fleet.Member> members) {
        Fleet.Member chosen = any(members);
        slot.note(chosen.process().name());
        return chosen;
    }

    <T> T any(List<T> those) {
        return those.get(random.nextInt(those.size()));
    }
}
