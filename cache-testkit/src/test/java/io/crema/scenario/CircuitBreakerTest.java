package io.crema.scenario;

import static io.crema.event.CacheEvent.BreakerChanged.State.CLOSED;
import static io.crema.event.CacheEvent.BreakerChanged.State.HALF_OPEN;
import static io.crema.event.CacheEvent.BreakerChanged.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheException;
import io.crema.Crema;
import io.crema.InvalidationPendingException;
import io.crema.Tier;
import io.crema.TieredCache;
import io.crema.event.CacheEvent.BreakerChanged;
import io.crema.policy.CircuitBreaker;
import io.crema.policy.Near;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** An instance whose remote tier hangs, fails or is slow stops asking it, and comes back when it is well. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class CircuitBreakerTest {

    private static final Duration LIMIT = Duration.ofMillis(210);
    private static final Duration OPEN_FOR = Duration.ofSeconds(2);
    private static final int CALLS = 5;

    private static final CircuitBreaker POLICY = CircuitBreaker.standard()
            .minimumCalls(CALLS)
            .slowCall(Duration.ofMillis(150))
            .openFor(OPEN_FOR)
            .probes(2);

    private static final Operation[] COMMANDS = Arrays.stream(Operation.values())
            .filter(operation -> !operation.onBus())
            .toArray(Operation[]::new);

    private final Fleet fleet = new Fleet();
    private final Style style;
    private final Queue<BreakerChanged> told = new ConcurrentLinkedQueue<>();
    private Crema crema;
    private InMemoryRemote remote;

    /** Without a near tier: every read asks. */
    private Caller<String> a;

    /** Of the same instance, with a near tier. */
    private TieredCache<String, String> near;

    private Caller<String> other;

    CircuitBreakerTest(Style style) {
        this.style = style;
    }

    @BeforeEach
    void open() {
        other = style.caller(fleet.node());
        remote = fleet.server.connect(4);
        crema = Crema.builder()
                .remote(remote)
                .ticker(fleet.time)
                .executor(fleet.executor)
                .circuitBreaker(POLICY)
                .listener(event -> {
                    if (event instanceof BreakerChanged change && change.cache().equals("texts")) {
                        told.add(change);
                    }
                })
                .build();
        Node node = new Node(crema, remote);
        TieredCache<String, String> texts = Fleet.texts(node).near(Near.none()).build();
        a = new Caller<>(style, node, texts);
        near = crema.<String, String>cache("near").codec(new TextCodec()).build();
        other.put("k", "stored").await();
        assertThat(a.read("k")).isEqualTo("stored");
    }

    @AfterEach
    void close() {
        crema.close();
        fleet.close();
    }

    private void awaitTold(BreakerChanged.State... states) {
        // Listeners are told after a tick of the clock.
        fleet.pass(Duration.ofMillis(5));
        Awaitility.await()
                .untilAsserted(() -> assertThat(told)
                        .extracting(BreakerChanged::to)
                        .startsWith(states)
                        .hasSize(states.length));
    }

    private void trip() {
        remote.hang(COMMANDS);
        List<Call<String>> reads = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            Call<String> read = a.get("trip" + i, key -> "origin");
            read.awaitWaiting();
            reads.add(read);
        }
        Awaitility.await().until(() -> {
            fleet.pass(LIMIT);
            return reads.stream().allMatch(Call::isDone);
        });
        reads.forEach(read -> assertThat(read.await()).isEqualTo("origin"));
        assertThat(a.cache().stats().remoteFailures()).isGreaterThanOrEqualTo(CALLS);
        awaitTold(OPEN);
    }

    /** Lets the outbox and reads find out that it is well. */
    private void recover() {
        remote.recover();
        Awaitility.await().until(() -> {
            fleet.pass(Duration.ofMillis(500));
            return "stored".equals(a.read("k"));
        });
    }

    @Test
    void remoteHangs_afterSomeTimeouts_readsGoToTheOriginAtOnce_andNothingReachesIt() {
        trip();
        long failures = a.cache().stats().remoteFailures();
        remote.recover();
        int reads = a.reads();
        int leases = remote.executed(Operation.LEASE);
        int fills = remote.executed(Operation.FILL);

        for (int i = 0; i < 50; i++) {
            assertThat(a.load("k", "origin " + i)).isEqualTo("origin " + i);
            assertThat(a.read("k")).isNull();
        }
        assertThat(a.cache().getAllPresent(List.of("k", "l"))).isEmpty();

        assertThat(a.reads()).isEqualTo(reads);
        assertThat(remote.executed(Operation.LEASE)).isEqualTo(leases);
        assertThat(remote.executed(Operation.FILL)).isEqualTo(fills);
        assertThat(a.cache().stats().remoteFailures()).isEqualTo(failures);
        assertThat(a.cache().stats().remoteRefused()).isGreaterThanOrEqualTo(101);
    }

    @Test
    void recovered_afterProbes_readsComeFromItAgain() {
        trip();
        remote.recover();
        fleet.pass(OPEN_FOR);

        assertThat(a.read("k")).isEqualTo("stored");
        awaitTold(OPEN, HALF_OPEN);
        assertThat(a.read("k")).isEqualTo("stored");
        awaitTold(OPEN, HALF_OPEN, CLOSED);
        long refused = a.cache().stats().remoteRefused();
        for (int i = 0; i < 50; i++) {
            assertThat(a.read("k")).isEqualTo("stored");
        }
        assertThat(a.cache().stats().remoteRefused()).isEqualTo(refused);
    }

    @Test
    void stillHanging_probesWaitForTheTimeLimit_everybodyElseDoesNot() {
        trip();
        fleet.pass(OPEN_FOR);
        Call<String> first = a.get("k", key -> "probe");
        Call<String> second = a.get("l", key -> "probe");
        first.awaitWaiting();
        second.awaitWaiting();
        for (int i = 0; i < 20; i++) {
            assertThat(a.load("m" + i, "at once")).isEqualTo("at once");
        }
        assertThat(first.isDone()).isFalse();
        fleet.pass(LIMIT);
        assertThat(first.await()).isEqualTo("probe");
        assertThat(second.await()).isEqualTo("probe");
        awaitTold(OPEN, HALF_OPEN, OPEN);

        remote.recover();
        fleet.pass(OPEN_FOR);
        assertThat(a.read("k")).as("open for twice as long").isNull();
        fleet.pass(OPEN_FOR);
        assertThat(a.read("k")).isEqualTo("stored");
        assertThat(a.read("k")).isEqualTo("stored");
        awaitTold(OPEN, HALF_OPEN, OPEN, HALF_OPEN, CLOSED);
    }

    @Test
    void invalidation_whileOpen_isKept_andSentAsSoonAsTheRemoteIsWell() {
        trip();
        Throwable failure = a.invalidate("k").failure();
        assertThat(failure)
                .isInstanceOf(InvalidationPendingException.class)
                .hasMessageContaining(
                        "the circuit breaker of " + remote + " is open, because too many operations failed"
                                + " or were slow, the last: java.util.concurrent.TimeoutException: no answer within the time"
                                + " limit");
        assertThat(other.read("k")).isEqualTo("stored");
        fleet.pass(Duration.ofSeconds(1));
        assertThat(a.cache().stats().invalidationsPending()).isEqualTo(1);

        remote.recover();
        fleet.pass(Duration.ofMillis(500));

        assertThat(other.read("k")).isNull();
        assertThat(a.cache().stats().invalidationsPending()).isZero();
        awaitTold(OPEN, HALF_OPEN);
    }

    /** It is sent again 250 ms after the last time failed, which takes the time limit. */
    @Test
    void invalidationsPending_whileOpen_doNotSpin() {
        trip();
        assertThat(a.clear().failure()).isInstanceOf(InvalidationPendingException.class);
        long failures = a.cache().stats().remoteFailures();
        fleet.pass(Duration.ofSeconds(1));
        assertThat(a.cache().stats().remoteFailures() - failures)
                .as("two attempts for four partitions")
                .isBetween(4L, 12L);

        remote.recover();
        fleet.pass(OPEN_FOR.multipliedBy(2));
        assertThat(a.cache().stats().invalidationsPending()).isZero();
        assertThat(other.read("k")).isNull();
    }

    @Test
    void write_whileOpen_saysSoAtOnce() {
        trip();
        assertThat(a.put("k", "new").failure()).isInstanceOf(InvalidationPendingException.class);
        assertThat(other.read("k")).isEqualTo("stored");
        remote.recover();
        Awaitility.await().ignoreException(InvalidationPendingException.class).untilAsserted(() -> {
            fleet.pass(Duration.ofMillis(500));
            a.put("k", "newer").await();
        });
        assertThat(other.read("k")).isEqualTo("newer");
    }

    @Test
    void caches_shareOneBreaker() {
        near.put("n", "v");
        trip();
        long failures = near.stats().remoteFailures();
        assertThat(near.getIfPresent("not there")).isNull();
        assertThat(near.stats().remoteFailures()).isEqualTo(failures);
        assertThat(near.stats().remoteRefused()).isPositive();
    }

    /** The bus has no part in it: its heartbeats keep the leases. */
    @Test
    void nearTier_whileOpen_servesOnBeyondTheBound() {
        near.put("n", "v");
        trip();
        fleet.pass(Duration.ofSeconds(30));
        assertThat(near.getIfPresent("n")).isEqualTo("v");
        assertThat(near.entry("n").tier()).isEqualTo(Tier.NEAR);
    }

    @Test
    void failingAtOnce_opensToo() {
        remote.fail(COMMANDS);
        for (int i = 0; i < CALLS; i++) {
            assertThat(a.load("k", "origin")).isEqualTo("origin");
        }
        awaitTold(OPEN);
        assertThat(told.peek().lastFailure()).isInstanceOf(IOException.class);
        recover();
    }

    @Test
    void slowAnswers_open_thoughTheyAreAnswers() {
        int before = a.reads();
        while (a.cache().stats().remoteRefused() == 0) {
            RemoteGate replies = remote.holdReplies(Operation.READ);
            Call<String> read = a.look("k");
            Awaitility.await().until(() -> replies.held() == 1 || read.isDone());
            fleet.pass(Duration.ofMillis(160));
            replies.open();
            String unused = read.await();
        }
        assertThat(a.reads() - before).isBetween(1, 2 * CALLS);
        awaitTold(OPEN);
        assertThat(a.cache().stats().remoteFailures()).isZero();
        assertThat(a.read("k")).isNull();
        recover();
    }

    @Test
    void slowLoader_neverOpensIt() {
        for (int i = 0; i < 10 * CALLS; i++) {
            Call<String> load = a.get("slow" + i, key -> {
                fleet.pass(Duration.ofSeconds(5));
                return "loaded";
            });
            assertThat(load.await()).isEqualTo("loaded");
        }
        assertThat(a.read("slow1")).as("stored").isEqualTo("loaded");
        assertThat(a.cache().stats().remoteRefused()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void failingLoader_neverOpensIt() {
        for (int i = 0; i < 10 * CALLS; i++) {
            Throwable failure = a.get("bad" + i, key -> {
                        throw new CacheException("no origin");
                    })
                    .failure();
            assertThat(failure).hasMessage("no origin");
        }
        assertThat(a.cache().stats().remoteRefused()).isZero();
    }

    /** The probe was admitted, its time limit ended it, and its answer comes when the breaker has moved on. */
    @Test
    void answerOfAProbe_thatComesLate_closesNothing_andCostsNoProbe() {
        trip();
        remote.recover();
        fleet.pass(OPEN_FOR);
        RemoteGate replies = remote.holdReplies(Operation.READ);
        Call<String> probe = a.look("k");
        replies.awaitHeld(1);
        fleet.passUntilDone(probe);
        assertThat(probe.await()).isNull();
        awaitTold(OPEN, HALF_OPEN, OPEN);

        replies.open();
        assertThat(a.read("k")).isNull();
        fleet.pass(OPEN_FOR.multipliedBy(2));
        assertThat(a.read("k")).isEqualTo("stored");
        assertThat(a.read("k")).isEqualTo("stored");
        awaitTold(OPEN, HALF_OPEN, OPEN, HALF_OPEN, CLOSED);
    }

    @Test
    void failover_whileOpen_isRepairedWhenItIsWell() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        other.put("k", "lost").await();
        trip();
        fleet.server.failover(earlier);
        fleet.pass(Duration.ofSeconds(5));
        remote.recover();
        // Repairs are asked for at each heartbeat, and are among the probes.
        fleet.pass(Duration.ofSeconds(20));
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(told).last().extracting(BreakerChanged::to).isEqualTo(CLOSED));
        a.put("k", "new").await();
        assertThat(a.read("k")).isEqualTo("new");
        assertThat(other.read("k")).isEqualTo("new");
        near.put("n", "v");
        fleet.pass(Duration.ofSeconds(5));
        assertThat(near.entry("n").tier()).isEqualTo(Tier.NEAR);
    }

    @Test
    void closed_whileAProbeHangs_endsIt_andChangesNothing() {
        trip();
        fleet.pass(OPEN_FOR);
        Call<String> probe = a.latest("k");
        probe.awaitWaiting();
        awaitTold(OPEN, HALF_OPEN);
        crema.close();
        assertThat(probe.failure()).isInstanceOf(CacheException.class).hasMessageContaining("is closed");
        assertThat(told).hasSize(2);
    }

    @Test
    void off_waitsForEachTimeLimit() {
        InMemoryRemote unguarded = fleet.server.connect(4);
        try (Crema unprotected = Crema.builder()
                .remote(unguarded)
                .ticker(fleet.time)
                .executor(fleet.executor)
                .circuitBreaker(CircuitBreaker.off())
                .build()) {
            Node node = new Node(unprotected, unguarded);
            TieredCache<String, String> texts =
                    Fleet.texts(node).near(Near.none()).build();
            unguarded.fail(COMMANDS);
            for (int i = 0; i < 200; i++) {
                assertThat(texts.get("k", key -> "origin")).isEqualTo("origin");
            }
            assertThat(texts.stats().remoteRefused()).isZero();
            unguarded.recover();
            assertThat(texts.getIfPresent("k")).isEqualTo("stored");
        }
    }
}
