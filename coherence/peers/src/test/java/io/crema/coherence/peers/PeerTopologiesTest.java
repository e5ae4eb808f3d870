package io.crema.coherence.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crema.coherence.Key;
import io.crema.coherence.Setting;
import io.crema.coherence.Subject;
import io.crema.coherence.SubjectProvider;
import io.crema.coherence.SubjectProvider.TopologyKind;
import io.crema.testkit.EmbeddedCluster;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.EmbeddedSentinel;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The peers behind proxies of servers that announce their own addresses, before and after a switchover. */
@Tag("long")
class PeerTopologiesTest {

    private static final Pattern CLIENT =
            Pattern.compile("addr=127\\.0\\.0\\.1:(\\d+) .* name=(\\S*) .* flags=(\\S+) ");

    private final AtomicLong version = new AtomicLong(1);

    @ParameterizedTest
    @ValueSource(strings = {"jetcache", "redisson-clear"})
    void switchover_sentinel_isFollowedThroughProxies(String name) {
        try (EmbeddedSentinel sentinel = EmbeddedSentinel.start()) {
            List<EmbeddedRedis> servers = Stream.concat(Stream.of(sentinel.primary()), sentinel.replicas().stream())
                    .toList();
            List<PassThrough> proxies = proxies(servers);
            try (Subject first = open(name, TopologyKind.SENTINEL, List.of(sentinel.uri()), proxies);
                    Subject second = open(name, TopologyKind.SENTINEL, List.of(sentinel.uri()), proxies)) {
                assertInvalidated(first, second, 0);

                sentinel.switchover();

                assertInvalidated(first, second, 0);
                assertThat(besides(proxies)).isEmpty();
            } finally {
                proxies.forEach(PassThrough::close);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jetcache", "redisson-clear"})
    void switchover_cluster_isFollowedThroughProxies(String name) {
        try (EmbeddedCluster cluster = EmbeddedCluster.start()) {
            List<PassThrough> proxies = proxies(cluster.nodes());
            try (Subject first = open(name, TopologyKind.CLUSTER, cluster.uris(), proxies);
                    Subject second = open(name, TopologyKind.CLUSTER, cluster.uris(), proxies)) {
                assertInvalidated(first, second, 0);

                cluster.switchover(EmbeddedCluster.slotOf("coherence"));

                for (int key = 0; key < 5; key++) {
                    assertInvalidated(first, second, key);
                }
                assertThat(besides(proxies)).isEmpty();
            } finally {
                proxies.forEach(PassThrough::close);
            }
        }
    }

    /** What the first instance invalidates is gone from the second one's memory, soon after a switchover at the latest. */
    private void assertInvalidated(Subject first, Subject second, int number) {
        Key key = new Key(number);
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
            first.read(key);
            second.read(key);
            assertThat(second.read(key).fromMemory()).isTrue();
            long written = version.incrementAndGet();
            first.invalidate(key, written);
            await().atMost(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(second.read(key).version()).isEqualTo(written));
        });
    }

    private static List<PassThrough> proxies(List<EmbeddedRedis> servers) {
        return servers.stream().map(server -> PassThrough.to(server.port())).toList();
    }

    /** Connections of clients that none of the proxies has made. */
    private static List<String> besides(List<PassThrough> proxies) {
        return proxies.stream().flatMap(PeerTopologiesTest::besides).toList();
    }

    private static Stream<String> besides(PassThrough proxy) {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + proxy.server() + "?clientName=test");
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            List<String> strangers = connection
                    .sync()
                    .clientList()
                    .lines()
                    .filter(line -> isStranger(line, proxy))
                    .toList();
            return strangers.stream();
        } finally {
            client.shutdown();
        }
    }

    /** Not this test, a sentinel or another server. */
    private static boolean isStranger(String line, PassThrough proxy) {
        var client = CLIENT.matcher(line);
        assertThat(client.find()).as(line).isTrue();
        return !client.group(2).equals("test")
                && !client.group(2).startsWith("sentinel-")
                && !client.group(3).contains("S")
                && !client.group(3).contains("M")
                && !proxy.outgoing().contains(Integer.valueOf(client.group(1)));
    }

    private Subject open(String name, TopologyKind topology, List<String> uris, List<PassThrough> proxies) {
        SubjectProvider provider = PeersTest.provider(name);
        assertThat(provider.topologies(name)).contains(topology);
        return provider.open(
                name,
                new Setting(
                        "test",
                        topology,
                        uris,
                        proxies.stream().collect(Collectors.toMap(PassThrough::server, PassThrough::port)),
                        Duration.ofSeconds(1),
                        key -> version.get()));
    }
}
