package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.Quarantine;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import io.crema.spi.Guarantee;
import io.crema.testkit.EmbeddedCluster;
import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user of Redis needs, and that Crema says so if it is missing. */
@Tag("end-to-end")
class AclTest extends ServerTest {

    /** Found by what is done first; the others by the probe. */
    private static final List<String> FOUND_WHEN_CONNECTING = List.of("+info", "+time");

    private final Map<String, String> origin = new ConcurrentHashMap<>();

    @Test
    void documentedUser_standalone_canDoEverything() {
        setUser(redis, documented(0));
        doEverything(() -> patient(RedisRemote.builder(uri())));
        Guarantee guarantee = guarantee();
        assertThat(guarantee.bounded()).isTrue();
        assertThat(guarantee.warnings()).isEmpty();
        assertThat(guarantee.transport())
                .matches("pub/sub of Redis at 127\\.0\\.0\\.1:" + redis.port()
                        + " \\((Redis|Valkey) [\\d.]+, standalone\\)");
        assertThat(plain().keys("*probe*")).isEmpty();
    }

    @Test
    void documentedUser_cluster_canDoEverything() {
        try (EmbeddedCluster cluster = EmbeddedCluster.start()) {
            cluster.nodes().forEach(node -> setUser(node, documented(1)));
            String uris = cluster.uri().replace("redis://", "redis://crema:password@");
            doEverything(() -> patient(RedisRemote.clusterBuilder(uris)));
            RedisRemote remote =
                    opened(RedisRemote.clusterBuilder(uris).namespace("shop").build());
            Guarantee guarantee = get(remote.guarantee());
            assertThat(guarantee.bounded()).isTrue();
            assertThat(guarantee.transport())
                    .startsWith("sharded pub/sub of Redis Cluster at ")
                    .endsWith(", cluster of 3 primaries)");
            assertThat(guarantee.warnings()).singleElement().asString().contains("min-replicas-to-write");

            EmbeddedRedis one = cluster.primaries().get(1);
            setUser(one, without(documented(1), List.of("+ssubscribe")));
            Guarantee less = get(remote.guarantee());
            assertThat(less.bounded()).isFalse();
            assertThat(less.warnings().get(0))
                    .startsWith("Redis Cluster node 127.0.0.1:" + one.port() + ": ")
                    .endsWith("grant it +ssubscribe");
        }
    }

    @Test
    void documentedUser_eachCommandMissing_isNamed() {
        List<String> all = documented(0);
        List<String> commands =
                all.stream().filter(rule -> rule.startsWith("+")).toList();
        assertThat(commands).hasSizeGreaterThan(15);
        for (String command : commands) {
            setUser(redis, without(all, List.of(command)));
            if (FOUND_WHEN_CONNECTING.contains(command)) {
                assertThatThrownBy(this::guarantee)
                        .hasMessageContaining("Not connected to Redis at 127.0.0.1:" + redis.port())
                        .hasMessageContaining("'" + command.substring(1) + "'")
                        .hasMessageContaining("grant this user the rights that SECURITY.md lists");
            } else if (command.equals("+setnx")) {
                RedisRemote remote = connected();
                assertThatThrownBy(() -> get(remote.open(TERMS)))
                        .hasMessageContaining("'setnx'")
                        .hasMessageContaining("; grant it ~shop:* ~{shop:* &inv:{shop:* ")
                        .hasMessageContaining(" +setnx ");
            } else {
                Guarantee guarantee = guarantee();
                assertThat(guarantee.bounded()).as(command).isFalse();
                assertThat(guarantee.warnings())
                        .as(command)
                        .singleElement()
                        .isEqualTo("This user lacks the command "
                                + command.substring(1).toUpperCase(Locale.ROOT)
                                + ", without which invalidations do not get through; grant it " + command);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"~shop:*, the keys shop:*", "~{shop:*, the keys {shop:*", "&inv:{shop:*, the channels inv:{shop:*"})
    void documentedUser_patternMissing_isNamed(String pattern, String words) {
        setUser(redis, without(documented(0), List.of(pattern)));
        Guarantee guarantee = guarantee();
        assertThat(guarantee.bounded()).isFalse();
        assertThat(guarantee.warnings())
                .singleElement()
                .asString()
                .contains(words)
                .endsWith("grant it " + pattern);
    }

    @Test
    void documentedUser_severalMissing_areNamedInOne() {
        setUser(redis, without(documented(0), List.of("&inv:{shop:*", "+getrange", "+persist")));
        assertThat(guarantee().warnings())
                .containsExactly("This user lacks the channels inv:{shop:*, the command GETRANGE, the command PERSIST,"
                        + " without which invalidations do not get through; grant it &inv:{shop:* +getrange"
                        + " +persist");
    }

    @Test
    void guarantee_clientOfResp2_isNotBounded() {
        RedisClient client = opened(RedisClient.create());
        client.setOptions(
                ClientOptions.builder().protocolVersion(ProtocolVersion.RESP2).build());
        RedisRemote remote =
                opened(RedisRemote.builder(client, RedisURI.create(redis.uri())).build());
        Guarantee guarantee = get(remote.guarantee());
        assertThat(guarantee.bounded()).isFalse();
        assertThat(guarantee.warnings()).singleElement().asString().contains("RESP3");
    }

    @Test
    void guarantee_settingsThatTakeFromIt_areWarnings() {
        plain().configSet("maxmemory-policy", "allkeys-lru");
        EmbeddedRedis replica = opened(EmbeddedRedis.start("--replicaof", "127.0.0.1 " + redis.port()));
        await().until(() -> plainText(replica).contains("master_link_status:up"));
        await().until(() -> plainText(redis).contains("connected_slaves:1"));
        Guarantee guarantee = get(remote().guarantee());
        assertThat(guarantee.bounded()).isTrue();
        assertThat(guarantee.warnings()).hasSize(2);
        assertThat(guarantee.warnings().get(0)).contains("allkeys-lru").contains("volatile-");
        assertThat(guarantee.warnings().get(1)).contains("min-replicas-to-write 1");

        plain().configSet("maxmemory-policy", "noeviction");
        plain().configSet("maxmemory", "50mb");
        plain().configSet("min-replicas-to-write", "1");
        assertThat(get(remote().guarantee()).warnings()).isEmpty();
    }

    @Test
    void guarantee_memoryFull_isNoWantOfRights() {
        plain().configSet("maxmemory", "1");
        assertThat(get(remote().guarantee()).warnings()).isEmpty();
        plain().configSet("maxmemory", "0");
        assertThat(plain().keys("*")).isEmpty();
    }

    private String plainText(EmbeddedRedis server) {
        try (RedisClient client = RedisClient.create(server.uri())) {
            return client.connect().sync().info("replication");
        }
    }

    /** No operation fails but for want of a right, however busy the machine is. */
    private static RedisRemote patient(RedisRemote.Builder builder) {
        return builder.namespace("shop").timeLimit(Duration.ofSeconds(10)).build();
    }

    /** Two instances, so that invalidations have to arrive. */
    private void doEverything(Supplier<RedisRemote> tier) {
        LoadingTieredCache<String, String> a = cache(tier.get());
        LoadingTieredCache<String, String> b = cache(tier.get());
        for (int i = 0; i < 12; i++) {
            String key = "k" + i;
            everythingAt(a, b, key);
        }
        a.clear();
        assertThat(a.getIfPresent("k0")).isNull();
        assertThat(a.stats().remoteFailures()).isZero();
        assertThat(b.stats().remoteFailures()).isZero();
    }

    private void everythingAt(LoadingTieredCache<String, String> a, LoadingTieredCache<String, String> b, String key) {
        origin.put(key, "1");
        assertThat(a.get(key)).isEqualTo("1");
        assertThat(b.get(key)).isEqualTo("1");
        change(key, "2", a::invalidate, b);
        change(key, "3", changed -> a.put(changed, "3"), b);
        change(key, "4", a::expire, b);
        a.put(key, "5", EntryOptions.defaults().tags("tag"));
        soon().until(() -> "5".equals(b.get(key)));
        change(key, "6", changed -> a.invalidateTag("tag"), b);
        change(
                key,
                "7",
                changed -> {
                    Quarantine<String> quarantine = a.quarantine(changed);
                    assertThat(quarantine.put("7")).isTrue();
                },
                b);
        change(key, "8", changed -> a.quarantine(changed).end(), b);
        change(key, "9", changed -> a.invalidateAll(List.of(changed)), b);
        assertThat(a.putIfAbsent(key + "-new", "x")).isTrue();
        assertThat(b.getAllPresent(List.of(key, key + "-new"))).hasSize(2);
        a.put(key, "10", EntryOptions.defaults().originVersion(10));
    }

    private void change(String key, String value, Consumer<String> write, LoadingTieredCache<String, String> other) {
        origin.put(key, value);
        write.accept(key);
        soon().until(() -> value.equals(other.get(key)));
    }

    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private LoadingTieredCache<String, String> cache(RedisRemote tier) {
        Crema crema = opened(Crema.builder().remote(tier).build());
        return crema.<String, String>cache("products")
                .codec(PlainCodec.strings())
                .near(Near.entries(1_000))
                .staleness(Duration.ofSeconds(5))
                .build(origin::get);
    }

    private String uri() {
        return redis.uri().replace("redis://", "redis://crema:password@");
    }

    private RedisRemote connected() {
        return opened(RedisRemote.builder(uri()).namespace("shop").build());
    }

    private Guarantee guarantee() {
        return get(connected().guarantee());
    }

    /** The rules of the n-th user that SECURITY.md names. */
    private static List<String> documented(int n) {
        try {
            String text = Files.readString(Path.of("..", "SECURITY.md"));
            List<String> users = Pattern.compile("```")
                    .splitAsStream(text)
                    .filter(block -> block.strip().startsWith("ACL SETUSER crema "))
                    .toList();
            String rules = users.get(n).strip().substring("ACL SETUSER crema ".length());
            return Pattern.compile("\\s+").splitAsStream(rules).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> without(List<String> rules, List<String> missing) {
        List<String> fewer = new ArrayList<>(rules);
        assertThat(fewer.removeAll(missing)).isTrue();
        return fewer;
    }

    private static void setUser(EmbeddedRedis server, List<String> rules) {
        try (RedisClient client = RedisClient.create(server.uri())) {
            CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE)
                    .add("SETUSER")
                    .add("crema")
                    .add("reset");
            rules.forEach(args::add);
            client.connect(ByteArrayCodec.INSTANCE)
                    .sync()
                    .dispatch(CommandType.ACL, new StatusOutput<>(ByteArrayCodec.INSTANCE), args);
        }
    }
}
