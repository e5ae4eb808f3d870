package io.crema.coherence.peers;

import io.crema.coherence.Setting;
import io.crema.coherence.Subject;
import io.crema.coherence.SubjectProvider;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.LocalCachedMapOptions.ReconnectionStrategy;

/** Redisson's {@code RLocalCachedMap} with each of its reconnection strategies, see {@link RedissonSubject}. */
public final class RedissonSubjects implements SubjectProvider {

    @Override
    public List<String> names() {
        return Stream.of(ReconnectionStrategy.values())
                .map(RedissonSubjects::name)
                .toList();
    }

    @Override
    public String version(String name) {
        return RedissonClient.class.getPackage().getImplementationVersion();
    }

    @Override
    public List<TopologyKind> topologies(String name) {
        return List.of(TopologyKind.values());
    }

    @Override
    public Subject open(String name, Setting setting) {
        for (ReconnectionStrategy strategy : ReconnectionStrategy.values()) {
            if (name(strategy).equals(name)) {
                return RedissonSubject.open(setting, strategy);
            }
        }
        throw new IllegalArgumentException("Redisson: \"" + name + "\" is none of " + names());
    }

    private static String name(ReconnectionStrategy strategy) {
        return "redisson-" + strategy.name().toLowerCase(Locale.ROOT);
    }
}
