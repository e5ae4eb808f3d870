package io.crema.coherence;

import io.crema.coherence.Fault.Injection;
import io.crema.coherence.Fault.Takeover;
import io.crema.coherence.SubjectProvider.TopologyKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The catalogue of faults. */
final class Faults {

    /** Nothing goes wrong: what is measured then is what faults are compared with. */
    static final String NONE = "none";

    /** What the positive control breaks. */
    static final String BLACKHOLE_SUBSCRIPTIONS = "blackhole-subscriptions";

    /** Of an instance with the default clock; those with the strict one are stopped by a fault of their own. */
    static final String STOP_INSTANCE = "stop-instance";

    static final String STOP_STRICT_INSTANCE = "stop-strict-instance";

    private static final Set<TopologyKind> ALL = EnumSet.allOf(TopologyKind.class);
    private static final Set<TopologyKind> REPLICATED = EnumSet.of(TopologyKind.SENTINEL, TopologyKind.CLUSTER);
    private static final Set<TopologyKind> CLUSTER = EnumSet.of(TopologyKind.CLUSTER);

    private static final List<Fault> CATALOGUE = catalogue();

    private Faults() {}

    /** In the order of the catalogue. */
    static List<String> names() {
        return CATALOGUE.stream().map(Fault::name).toList();
    }

    /**
     * What can happen to a subject on a topology.
     *
     * @param chosen names; empty = all
     */
    static List<Fault> of(TopologyKind kind, List<String> subjects, List<String> chosen) {
        boolean strict = subjects.contains(CremaSubjects.STRICT);
        boolean others = subjects.stream().anyMatch(subject -> !subject.equals(CremaSubjects.STRICT));
        return CATALOGUE.stream()
                .filter(fault -> fault.topologies().contains(kind))
                .filter(fault -> chosen.isEmpty() || chosen.contains(fault.name()))
                .filter(fault -> strict || !fault.name().equals(STOP_STRICT_INSTANCE))
                .filter(fault -> others || !fault.name().equals(STOP_INSTANCE))
                .toList();
    }

    private static List<Fault> catalogue() {
        List<Fault> faults = new ArrayList<>();
        faults.add(everywhere(NONE, scene -> Fault.Healing.NOTHING_TO_DO));
        faults.addAll(servers());
        faults.addAll(links());
        faults.add(everywhere(STOP_INSTANCE, InstanceFaults::stopDefaultClock));
        faults.add(everywhere(STOP_STRICT_INSTANCE, InstanceFaults::stopStrictClock));
        faults.add(everywhere("kill-instance", InstanceFaults::kill));
        faults.add(new Fault("failover", REPLICATED, Takeover.MEANT, TakeoverFaults::failover));
        faults.add(new Fault("lossy-failover", REPLICATED, Takeover.MEANT, TakeoverFaults::lossyFailover));
        // Sentinels do not make the old primary wait.
        faults.add(
                new Fault("switchover", EnumSet.of(TopologyKind.SENTINEL), Takeover.MEANT, TakeoverFaults::switchover));
        faults.add(new Fault("orderly-switchover", CLUSTER, Takeover.ORDERLY, TakeoverFaults::switchover));
        faults.add(new Fault("move-slot", CLUSTER, Takeover.NOT_MEANT, TakeoverFaults::moveSlot));
        faults.add(new Fault("half-move-slot", CLUSTER, Takeover.NOT_MEANT, TakeoverFaults::halfMoveSlot));
        return List.copyOf(faults);
    }

    private static List<Fault> servers() {
        return List.of(
                everywhere("kill-pubsub", ServerFaults::killSubscriptions),
                everywhere("kill-all-clients", ServerFaults::killClients),
                everywhere("stop-server", ServerFaults::stop),
                everywhere("kill-server", ServerFaults::restartEmpty),
                everywhere("client-pause", ServerFaults::pauseClients),
                everywhere("debug-sleep", ServerFaults::sleep),
                everywhere("output-buffer", ServerFaults::overflowOutput),
                everywhere("flushall", ServerFaults::flushAll),
                everywhere("script-flush", ServerFaults::flushScripts),
                everywhere("eviction", ServerFaults::evict));
    }

    private static List<Fault> links() {
        return Stream.of(
                        everywhere("delay", LinkFaults::delay),
                        everywhere("drop-frames", LinkFaults::dropFrames),
                        everywhere("throttle", LinkFaults::throttle),
                        everywhere("blackhole", LinkFaults.blackhole(LinkFaults.BOTH_LINKS, LinkFaults.BOTH_WAYS)),
                        everywhere(
                                "blackhole-commands", LinkFaults.blackhole(LinkFaults.COMMANDS, LinkFaults.BOTH_WAYS)),
                        everywhere(
                                BLACKHOLE_SUBSCRIPTIONS,
                                LinkFaults.blackhole(LinkFaults.SUBSCRIPTIONS, LinkFaults.BOTH_WAYS)),
                        everywhere(
                                "blackhole-to-server",
                                LinkFaults.blackhole(LinkFaults.BOTH_LINKS, LinkFaults.TO_SERVER)),
                        everywhere(
                                "blackhole-to-client",
                                LinkFaults.blackhole(LinkFaults.BOTH_LINKS, LinkFaults.TO_CLIENT)),
                        everywhere("half-close-to-server", LinkFaults.halfClose(LinkFaults.TO_SERVER)),
                        everywhere("half-close-to-client", LinkFaults.halfClose(LinkFaults.TO_CLIENT)),
                        everywhere("reset", LinkFaults::reset),
                        everywhere("refuse", LinkFaults::refuse))
                .toList();
    }

    private static Fault everywhere(String name, Injection injection) {
        return new Fault(name, ALL, Takeover.NOT_MEANT, injection);
    }
}
