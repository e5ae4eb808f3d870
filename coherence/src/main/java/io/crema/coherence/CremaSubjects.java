package io.crema.coherence;

import io.crema.Crema;
import io.crema.policy.ReadClock;
import java.util.List;

/** Crema, with both of its clocks; and without its lease, which must be caught. */
public final class CremaSubjects implements SubjectProvider {

    static final String DEFAULT = "crema";
    static final String STRICT = "crema-strict";
    static final String LEASE_OFF = "crema-lease-off";

    @Override
    public List<String> names() {
        return List.of(DEFAULT, STRICT, LEASE_OFF);
    }

    @Override
    public String version(String name) {
        String version = Crema.class.getPackage().getImplementationVersion();
        return version == null ? "this tree" : version;
    }

    @Override
    public List<TopologyKind> topologies(String name) {
        return List.of(TopologyKind.values());
    }

    @Override
    public Subject open(String name, Setting setting) {
        return switch (name) {
            case DEFAULT -> new CremaSubject(setting, ReadClock.COARSE, new CountingRules());
            case STRICT -> new CremaSubject(setting, ReadClock.STRICT, new CountingRules());
            case LEASE_OFF -> new CremaSubject(setting, ReadClock.COARSE, new LeaseOff());
            default -> throw new IllegalArgumentException("Not a way to open Crema: " + name);
        };
    }
}
