package io.crema.coherence;

import io.crema.coherence.Fault.Healing;
import io.crema.coherence.Fault.Injection;
import io.crema.testkit.FaultProxy;
import io.crema.testkit.FaultProxy.Direction;
import io.crema.testkit.FaultProxy.Link;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What happens to all connections of one instance while the others go on. */
final class LinkFaults {

    static final Set<Link> COMMANDS = EnumSet.of(Link.COMMANDS);
    static final Set<Link> SUBSCRIPTIONS = EnumSet.of(Link.SUBSCRIPTIONS);
    static final Set<Link> BOTH_LINKS = EnumSet.allOf(Link.class);
    static final Set<Direction> TO_SERVER = EnumSet.of(Direction.TO_SERVER);
    static final Set<Direction> TO_CLIENT = EnumSet.of(Direction.TO_CLIENT);
    static final Set<Direction> BOTH_WAYS = EnumSet.allOf(Direction.class);

    /** From hardly noticed to longer than every time limit. */
    private static final List<Integer> DELAY_MILLIS = List.of(20, 90, 300, 1_100);

    private static final Duration COMMAND_DELAY = Duration.ofMillis(20);
    private static final double DROPPED_SHARE = 0.1;
    private static final int BYTES_PER_SECOND = 4_000;
    private static final long CONNECTED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_MILLIS = 10;

    private LinkFaults() {}

    /** Messages are late by more than replies are. */
    static Healing delay(Scene scene) throws InterruptedException {
        int millis = scene.any(DELAY_MILLIS);
        scene.slot().note(millis + " ms");
        return onAll(scene, BOTH_LINKS, proxy -> {
            proxy.delay(Link.SUBSCRIPTIONS, Direction.TO_CLIENT, Duration.ofMillis(millis));
            proxy.delay(Link.COMMANDS, Direction.TO_CLIENT, COMMAND_DELAY);
        });
    }

    static Healing dropFrames(Scene scene) throws InterruptedException {
        Collection<FaultProxy> proxies = scene.anyMember().proxies().values();
        Healing healing = on(
                scene,
                proxies,
                SUBSCRIPTIONS,
                proxy -> proxy.dropFrames(DROPPED_SHARE, scene.random().nextLong()));
        long before = dropped(proxies);
        return () -> {
            healing.heal();
            scene.slot().evidence("messages dropped", dropped(proxies) - before);
        };
    }

    private static long dropped(Collection<FaultProxy> proxies) {
        return proxies.stream()
                .mapToLong(proxy -> proxy.counts().framesDropped())
                .sum();
    }

    static Healing throttle(Scene scene) throws InterruptedException {
        return onAll(scene, BOTH_LINKS, proxy -> {
            for (Link link : Link.values()) {
                proxy.throttle(link, Direction.TO_CLIENT, BYTES_PER_SECOND);
            }
        });
    }

    static Injection blackhole(Set<Link> links, Set<Direction> directions) {
        return scene -> onAll(
                scene, links, proxy -> links.forEach(link -> directions.forEach(way -> proxy.blackhole(link, way))));
    }

    static Injection halfClose(Set<Direction> directions) {
        return scene -> onAll(scene, BOTH_LINKS, proxy -> {
            for (Link link : Link.values()) {
                directions.forEach(way -> proxy.halfClose(link, way));
            }
        });
    }

    static Healing reset(Scene scene) throws InterruptedException {
        return onAll(scene, BOTH_LINKS, LinkFaults::resetBoth);
    }

    /** Whoever was connected is not any more, and cannot connect again. */
    static Healing refuse(Scene scene) throws InterruptedException {
        return onAll(scene, BOTH_LINKS, proxy -> {
            proxy.refuse();
            resetBoth(proxy);
        });
    }

    private static void resetBoth(FaultProxy proxy) {
        for (Link link : Link.values()) {
            proxy.reset(link);
        }
    }

    private static Healing onAll(Scene scene, Set<Link> links, Consumer<FaultProxy> fault) throws InterruptedException {
        return on(scene, scene.anyMember().proxies().values(), links, fault);
    }

    /** Begins once there is something that it can happen to: the fault before may have cost the connections. */
    private static Healing on(Scene scene, Collection<FaultProxy> proxies, Set<Link> links, Consumer<FaultProxy> fault)
            throws InterruptedException {
        long end = System.nanoTime() + CONNECTED_NANOS;
        while (connected(proxies, links) == 0 && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        scene.slot().evidence("connections of a kind", connected(proxies, links));
        scene.slot().inject();
        proxies.forEach(fault);
        return () -> proxies.forEach(FaultProxy::heal);
    }

    /** Of the links the one with the fewest connections counts. */
    private static int connected(Collection<FaultProxy> proxies, Set<Link> links) {
        return links.stream()
                .mapToInt(link -> proxies.stream()
                        .map(FaultProxy::counts)
                        .mapToInt(counts -> link == Link.COMMANDS ? counts.commands() : counts.subscriptions())
                        .sum())
                .min()
                .orElse(0);
    }
}
