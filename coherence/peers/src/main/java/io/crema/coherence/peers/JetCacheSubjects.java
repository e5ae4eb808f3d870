package io.crema.coherence.peers;

import io.crema.coherence.Setting;
import io.crema.coherence.Subject;
import io.crema.coherence.SubjectProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/** JetCache's two levels, see {@link JetCacheSubject}. */
public final class JetCacheSubjects implements SubjectProvider {

    private static final String NAME = "jetcache";
    private static final String COORDINATES = "/META-INF/maven/com.alicp.jetcache/jetcache-core/pom.properties";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    /** Its manifest does not say. */
    @Override
    public String version(String name) {
        try (InputStream in = com.alicp.jetcache.Cache.class.getResourceAsStream(COORDINATES)) {
            if (in == null) {
                throw new IllegalStateException(
                        "JetCache: " + COORDINATES + " is missing, so its version is not known");
            }
            Properties coordinates = new Properties();
            coordinates.load(in);
            return coordinates.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<TopologyKind> topologies(String name) {
        return List.of(TopologyKind.values());
    }

    @Override
    public Subject open(String name, Setting setting) {
        return JetCacheSubject.open(setting);
    }
}
