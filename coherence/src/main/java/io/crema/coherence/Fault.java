package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.util.Set;

/**
 * Something that goes wrong for a while, under load.
 *
 * @param name as in reports and settings
 * @param topologies where it can happen
 * @param takeover what it means that a replica took over meanwhile
 */
record Fault(String name, Set<TopologyKind> topologies, Takeover takeover, Injection injection) {

    /** Replication is asynchronous, so what a primary acknowledged last is lost when a replica takes over. */
    enum Takeover {
        /** Not meant, but happens where servers are silent for longer than others wait for them; may lose writes. */
        NOT_MEANT,
        /** Meant; may lose writes. */
        MEANT,
        /** Meant; the primary waits until its replica has everything, so nothing is lost. */
        ORDERLY
    }

    Fault {
        topologies = Set.copyOf(topologies);
    }

    /** Begins the fault. */
    @FunctionalInterface
    interface Injection {

        Healing inject(Scene scene) throws Exception;
    }

    /** Ends it. */
    @FunctionalInterface
    interface Healing {

        Healing NOTHING_TO_DO = () -> {};

        void heal() throws Exception;
    }
}
