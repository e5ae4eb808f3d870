package io.crema.coherence;

import java.util.List;

/** Makes caches under test, by name; found by {@link java.util.ServiceLoader}. */
public interface SubjectProvider {

    /** What it can make. */
    List<String> names();

    /** The version of the library behind a name, for the report. */
    String version(String name);

    /** Topologies on which it can be made. */
    List<TopologyKind> topologies(String name);

    Subject open(String name, Setting setting);

    enum TopologyKind {
        STANDALONE,
        SENTINEL,
        CLUSTER
    }
}
