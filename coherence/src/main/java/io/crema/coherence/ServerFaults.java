package io.crema.coherence;

import io.crema.coherence.Fault.Healing;
import io.crema.coherence.SubjectProvider.TopologyKind;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.FaultProxy;
import io.crema.testkit.FaultProxy.Direction;
import io.crema.testkit.FaultProxy.Link;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** What happens to one server that accepts writes, or to all of them. */
final class ServerFaults {

    private static final int BYTES_PER_SECOND = 2_000;

    private ServerFaults() {}

    static Healing killSubscriptions(Scene scene) {
        long killed = 0;
        for (EmbeddedRedis server : scene.topology().primaries()) {
            killed += scene.admin().ask(server, commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
        }
        scene.slot().evidence("subscribers killed", killed);
        return Healing.NOTHING_TO_DO;
    }

    static Healing killClients(Scene scene) {
        killSubscriptions(scene);
        atAllPrimaries(scene, commands -> commands.clientKill(KillArgs.Builder.typeNormal()));
        return Healing.NOTHING_TO_DO;
    }

    static Healing stop(Scene scene) {
        EmbeddedRedis server = scene.anyPrimary();
        server.pause();
        return server::resume;
    }

    /**
     * Alone, it is away for as long as the fault holds. Where a replica would take over then, it comes back at once, and
     * the replicas forget what it has forgotten.
     */
    static Healing restartEmpty(Scene scene) {
        EmbeddedRedis server = scene.anyPrimary();
        server.kill();
        if (scene.topology().kind() == TopologyKind.STANDALONE) {
            return server::restart;
        }
        server.restart();
        return Healing.NOTHING_TO_DO;
    }

    static Healing pauseClients(Scene scene) {
        EmbeddedRedis server = scene.anyPrimary();
        scene.admin().tell(server, commands -> commands.clientPause(scene.hold().toMillis()));
        return Healing.NOTHING_TO_DO;
    }

    static Healing sleep(Scene scene) {
        EmbeddedRedis server = scene.anyPrimary();
        CommandArgs<String, String> words = new CommandArgs<>(StringCodec.UTF8)
                .add("SLEEP")
                .add(scene.hold().toMillis() / 1e3);
        Admin.Sent sent = scene.admin()
                .send(
                        server,
                        commands -> commands.dispatch(CommandType.DEBUG, new StatusOutput<>(StringCodec.UTF8), words));
        return () -> sent.end().ifPresent(scene.slot()::didNotHappen);
    }

    /**
     * Each message that a subscriber does not take at once is too much, and there are many at once: writes of keys that
     * nobody reads, by many threads. One instance's line is slow, besides.
     */
    static Healing overflowOutput(Scene scene) {
        List<EmbeddedRedis> primaries = scene.topology().primaries();
        String name = "client-output-buffer-limit";
        String usual = scene.admin()
                .ask(
                        primaries.get(0),
                        commands ->
                                Objects.requireNonNull(commands.configGet(name).get(name)));
        atAllPrimaries(scene, commands -> commands.configSet(name, "pubsub 1 1 1"));
        long before = accepted(scene);
        Collection<FaultProxy> proxies = scene.anyMember().proxies().values();
        proxies.forEach(proxy -> proxy.throttle(Link.SUBSCRIPTIONS, Direction.TO_CLIENT, BYTES_PER_SECOND));
        Burst burst = Burst.begin(scene.fleet());
        return () -> {
            burst.end();
            proxies.forEach(FaultProxy::heal);
            scene.slot().evidence("connections made anew", accepted(scene) - before);
            primaries.forEach(server -> scene.admin().tell(server, commands -> commands.configSet(name, usual)));
        };
    }

    /** Old servers do not count whom they disconnected, but who was comes again. */
    private static long accepted(Scene scene) {
        return scene.fleet().members().stream()
                .flatMap(member -> member.proxies().values().stream())
                .mapToLong(proxy -> proxy.counts().accepted())
                .sum();
    }

    static Healing flushAll(Scene scene) {
        atAllPrimaries(scene, RedisCommands::flushall);
        return Healing.NOTHING_TO_DO;
    }

    static Healing flushScripts(Scene scene) {
        atAllPrimaries(scene, RedisCommands::scriptFlush);
        return Healing.NOTHING_TO_DO;
    }

    /** The memory shrinks below what is in use, so what has a time to live goes, again and again. */
    static Healing evict(Scene scene) {
        List<EmbeddedRedis> primaries = scene.topology().primaries();
        long before = evicted(scene, primaries);
        for (EmbeddedRedis server : primaries) {
            scene.admin().tell(server, commands -> {
                String used =
                        Admin.field(commands.info("memory"), "used_memory").orElseThrow();
                commands.configSet("maxmemory-policy", "volatile-lru");
                commands.configSet("maxmemory", String.valueOf(Long.parseLong(used) / 8 * 7));
            });
        }
        return () -> {
            scene.slot().evidence("keys evicted", evicted(scene, primaries) - before);
            primaries.forEach(server -> scene.admin().tell(server, commands -> commands.configSet("maxmemory", "0")));
        };
    }

    private static long evicted(Scene scene, List<EmbeddedRedis> servers) {
        return servers.stream()
                .map(server ->
                        scene.admin().ask(server, commands -> Admin.field(commands.info("stats"), "evicted_keys")))
                .mapToLong(count -> Long.parseLong(count.orElseThrow()))
                .sum();
    }

    private static void atAllPrimaries(Scene scene, Consumer<RedisCommands<String, String>> orders) {
        scene.topology().primaries().forEach(server -> scene.admin().tell(server, orders));
    }
}
