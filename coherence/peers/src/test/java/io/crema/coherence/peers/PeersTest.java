package io.crema.coherence.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.coherence.Key;
import io.crema.coherence.Setting;
import io.crema.coherence.Subject;
import io.crema.coherence.SubjectProvider;
import io.crema.coherence.SubjectProvider.TopologyKind;
import io.crema.testkit.EmbeddedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each peer in two instances on one server, reached at another port than its own, as through a proxy. */
class PeersTest {

    private static final Key KEY = new Key(42);
    private static final int ANNOUNCED_PORT = 1;

    private final AtomicLong version = new AtomicLong(1);
    private final AtomicInteger loads = new AtomicInteger();
    private EmbeddedRedis redis;

    @BeforeEach
    void startServer() {
        redis = EmbeddedRedis.start();
    }

    @AfterEach
    void stopServer() {
        redis.close();
    }

    static Stream<String> names() {
        return providers().flatMap(provider -> provider.names().stream());
    }

    @ParameterizedTest
    @MethodSource("names")
    void open_eachPeer_tellsItsVersion(String name) {
        assertThat(provider(name).version(name)).matches("\\d+\\.\\d+\\.\\d+");
    }

    @ParameterizedTest
    @MethodSource("names")
    void read_knownKey_isServedFromMemory(String name) {
        try (Subject first = open(name);
                Subject second = open(name)) {
            assertThat(first.read(KEY)).isEqualTo(new Subject.Reading(1, false));
            version.set(2);

            // JetCache broadcasts what it stores, its own loads as well: the second instance may forget its value once.
            assertThat(second.read(KEY)).isEqualTo(new Subject.Reading(1, false));
            await().untilAsserted(() -> assertThat(second.read(KEY)).isEqualTo(new Subject.Reading(1, true)));
            assertThat(first.read(KEY)).isEqualTo(new Subject.Reading(1, true));
            assertThat(loads).hasValue(1);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void invalidate_keyInMemoryOfBoth_isLoadedAnewByBoth(String name) {
        try (Subject first = open(name);
                Subject second = open(name)) {
            first.read(KEY);
            await().untilAsserted(
                            () -> assertThat(second.read(KEY).fromMemory()).isTrue());
            version.set(2);

            // Again and again, since JetCache does not say when it has subscribed.
            await().untilAsserted(() -> {
                first.invalidate(KEY, 2);
                assertThat(second.read(KEY).version()).isEqualTo(2);
            });
            assertThat(first.read(KEY).version()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jetcache", "redisson-none"})
    void invalidate_serverThatDoesNotAnswer_fails(String name) {
        try (Subject subject = open(name)) {
            subject.read(KEY);
            redis.pause();

            assertThatThrownBy(() -> subject.invalidate(KEY, 2)).isInstanceOf(IllegalStateException.class);

            redis.resume();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void close_openInstance_leavesNoThread(String name) {
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        try (Subject subject = open(name)) {
            subject.read(KEY);
            assertThat(started(before)).isNotEmpty();
        }

        await().pollInSameThread()
                .untilAsserted(() -> assertThat(started(before)).isEmpty());
    }

    /** Without those that are of the process: JetCache's executor, Netty's global one, the JDK's. */
    private static List<String> started(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(thread -> !thread.equals("JetCacheDefaultExecutor")
                        && !thread.startsWith("globalEventExecutor")
                        && !thread.startsWith("ForkJoinPool.commonPool")
                        && !thread.startsWith("process reaper"))
                .toList();
    }

    private Subject open(String name) {
        Setting setting = new Setting(
                "test",
                TopologyKind.STANDALONE,
                List.of("redis://127.0.0.1:" + ANNOUNCED_PORT),
                Map.of(ANNOUNCED_PORT, redis.port()),
                Duration.ofSeconds(1),
                key -> {
                    loads.incrementAndGet();
                    return version.get();
                });
        return provider(name).open(name, setting);
    }

    static SubjectProvider provider(String name) {
        return providers()
                .filter(provider -> provider.names().contains(name))
                .findFirst()
                .orElseThrow();
    }

    /** Those of this package, not Crema itself. */
    private static Stream<SubjectProvider> providers() {
        return ServiceLoader.load(SubjectProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.getClass().getPackage().equals(PeersTest.class.getPackage()));
    }
}
