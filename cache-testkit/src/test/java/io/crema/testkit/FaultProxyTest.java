package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.crema.testkit.FaultProxy.Direction;
import io.crema.testkit.FaultProxy.Link;
import io.crema.testkit.ProxiedServer.Pair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultProxyTest {

    private static final Duration ENDLESS = Duration.ofHours(1);

    private ProxiedServer server;
    private FaultProxy proxy;

    @BeforeEach
    void startServer() throws IOException {
        server = new ProxiedServer();
        proxy = server.proxy();
    }

    @AfterEach
    void closeServer() throws IOException {
        server.close();
    }

    @Test
    void connection_noFaults_passesBytesAndEndsBothWays() throws IOException {
        Pair pair = server.connect();
        pair.send("abc");
        pair.serverHears("abc");
        pair.answer("defg");
        pair.clientHears("defg");

        pair.client().shutdownOutput();
        assertThat(pair.server().getInputStream().read()).isEqualTo(-1);
        pair.answer("late");
        pair.server().close();
        pair.clientHears("late");
        assertThat(pair.client().getInputStream().read()).isEqualTo(-1);

        awaitNoConnections();
        assertThat(proxy.counts()).isEqualTo(new FaultProxy.Counts(1, 0, 0, 3, 8, 0));
    }

    @Test
    void connection_manyBytesBothWays_keepTheirOrder() throws IOException {
        Pair pair = server.connect();
        byte[] there = randomBytes(5_000_000);
        byte[] back = randomBytes(5_000_000);
        CompletableFuture<Void> sending = CompletableFuture.allOf(
                sending(pair.client(), there), sending(pair.server(), back), receiving(pair.server(), there));
        assertThat(pair.client().getInputStream().readNBytes(back.length)).isEqualTo(back);
        sending.join();
    }

    @Test
    void connection_clientResets_serverIsReset() throws IOException {
        Pair pair = server.connect();
        pair.client().setSoLinger(true, 0);
        pair.client().close();
        assertReset(pair.server());
        awaitNoConnections();
    }

    @Test
    void connection_clientGoneWhileTheServerSends_serverIsReset() throws IOException {
        Pair pair = server.connect();
        pair.client().close();
        assertThat(pair.server().getInputStream().read()).isEqualTo(-1);
        assertThatThrownBy(() -> {
                    while (true) {
                        pair.answer("anybody there?");
                    }
                })
                .isInstanceOf(SocketException.class);
        awaitNoConnections();
    }

    @Test
    void connection_nobodyListensBehind_clientIsReset() throws IOException {
        int unused;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = free.getLocalPort();
        }
        try (FaultProxy toNobody = FaultProxy.to(unused);
                Socket client = new Socket(InetAddress.getLoopbackAddress(), toNobody.port())) {
            client.setSoTimeout(20_000);
            assertReset(client);
        }
    }

    @Test
    void counts_clientSubscribes_tellTheLinksApart() throws IOException {
        server.connect();
        server.subscribe();
        assertThat(proxy.counts().accepted()).isEqualTo(2);
        assertThat(proxy.counts().commands()).isEqualTo(1);
        assertThat(proxy.counts().subscriptions()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void delay_oneLink_theOtherPassesAndHealingBringsAllInOrder(Link delayed) throws IOException {
        Pair slow = connect(delayed);
        Pair other = connect(otherThan(delayed));
        proxy.delay(delayed, Direction.TO_SERVER, ENDLESS);
        slow.send("a");
        slow.send("b");
        slow.client().shutdownOutput();
        other.send("c");

        other.serverHears("c");
        slow.answer("d");
        slow.clientHears("d");
        assertThat(slow.serverHasHeardNothing()).isTrue();

        proxy.heal(delayed, Direction.TO_SERVER);
        slow.serverHears("ab");
        assertThat(slow.server().getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void delay_short_passesByItselfInOrder() throws IOException {
        Pair pair = server.connect();
        proxy.delay(Link.COMMANDS, Direction.TO_CLIENT, Duration.ofMillis(20));
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            pair.answer(i + " ");
            all.append(i).append(' ');
        }
        pair.clientHears(all.toString());
        pair.server().close();
        assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void delay_madeShorter_bytesOvertakeNoOthers() throws IOException {
        Pair pair = server.connect();
        proxy.delay(Link.COMMANDS, Direction.TO_CLIENT, ENDLESS);
        pair.answer("first ");
        Pair witness = server.subscribe();
        witness.answer("x");
        witness.clientHears("x");

        proxy.delay(Link.COMMANDS, Direction.TO_CLIENT, Duration.ofMillis(1));
        pair.answer("second");
        pair.clientHears("first second");
    }

    @Test
    void throttle_sendsMore_sendersBufferFillsAndHealingBringsAllInOrder() throws IOException {
        Pair pair = server.connect();
        Pair other = server.subscribe();
        proxy.throttle(Link.COMMANDS, Direction.TO_CLIENT, 1000);
        byte[] bytes = randomBytes(20_000_000);
        CompletableFuture<Void> sending = sending(pair.server(), bytes);
        assertThat(pair.client().getInputStream().readNBytes(60)).startsWith(bytes[0], bytes[1]);
        other.answer("passes");
        other.clientHears("passes");
        assertThat(sending).isNotDone();

        proxy.heal();
        assertThat(pair.client().getInputStream().readNBytes(bytes.length - 60)).endsWith(bytes[bytes.length - 1]);
        sending.join();
        // They are counted after they were sent on, so the client may have read them before.
        await().untilAsserted(() -> assertThat(proxy.counts().bytesToClient()).isEqualTo(bytes.length + 6));
    }

    @Test
    void throttle_oneByteASecond_stillPasses() throws IOException {
        Pair pair = server.connect();
        proxy.throttle(Link.COMMANDS, Direction.TO_SERVER, 1);
        pair.send("a");
        pair.serverHears("a");
    }

    @ParameterizedTest
    @EnumSource
    void blackhole_oneDirection_theOtherPassesAndHealingResets(Direction dark) throws IOException {
        Pair pair = server.connect();
        proxy.blackhole(Link.COMMANDS, dark);
        Socket deaf = dark == Direction.TO_CLIENT ? pair.client() : pair.server();
        Socket heard = dark == Direction.TO_CLIENT ? pair.server() : pair.client();
        heard.getOutputStream().write('x');
        deaf.getOutputStream().write('y');

        assertThat(heard.getInputStream().read()).isEqualTo('y');
        assertThat(deaf.getInputStream().available()).isZero();
        proxy.heal();
        assertReset(deaf);
        assertReset(heard);
    }

    @Test
    void blackhole_clientLeaves_serverIsNotToldUntilHealed() throws IOException {
        Pair left = server.subscribe();
        Pair aborted = server.subscribe();
        Pair quiet = server.subscribe();
        proxy.blackhole(Link.SUBSCRIPTIONS, Direction.TO_SERVER);
        left.client().close();
        aborted.client().setSoLinger(true, 0);
        aborted.client().close();
        quiet.answer("x");
        quiet.clientHears("x");
        left.answer("to nobody");
        aborted.answer("to nobody");
        Pair commands = server.connect();
        commands.send("x");
        commands.serverHears("x");
        assertThat(left.serverHasHeardNothing()).isTrue();
        assertThat(proxy.counts().subscriptions()).isEqualTo(3);

        proxy.heal();
        assertReset(left.server());
        assertReset(aborted.server());
        quiet.send("lives");
        quiet.serverHears("lives");
        assertThat(proxy.counts().subscriptions()).isEqualTo(1);
    }

    @Test
    void blackhole_newConnection_isAcceptedAndFaresAlike() throws IOException {
        proxy.blackhole(Link.COMMANDS, Direction.TO_SERVER);
        Pair pair = server.connect();
        pair.send("HELLO 3\r\n");
        pair.answer("x");
        pair.clientHears("x");
        assertThat(pair.serverHasHeardNothing()).isTrue();
    }

    @Test
    void blackhole_subscriptions_beginsWithTheCommandThatSubscribes() throws IOException {
        proxy.blackhole(Link.SUBSCRIPTIONS, Direction.TO_SERVER);
        Pair pair = server.connect();
        pair.send("HELLO 3\r\n");
        pair.serverHears("HELLO 3\r\n");
        pair.send("SUBSCRIBE c\r\n");
        Awaitility.await().until(() -> proxy.counts().subscriptions() == 1);
        assertThat(pair.serverHasHeardNothing()).isTrue();
        proxy.heal(Link.COMMANDS, Direction.TO_SERVER);
        pair.answer("x");
        pair.clientHears("x");
        proxy.heal(Link.SUBSCRIPTIONS, Direction.TO_SERVER);
        assertReset(pair.client());
    }

    @Test
    void blackhole_onTopOfADelay_losesWhatWasUnderWay() throws IOException {
        Pair pair = server.connect();
        proxy.delay(Link.COMMANDS, Direction.TO_SERVER, ENDLESS);
        pair.send("x");
        pair.answer("y");
        pair.clientHears("y");
        proxy.blackhole(Link.COMMANDS, Direction.TO_SERVER);
        proxy.heal();
        assertReset(pair.server());
    }

    @ParameterizedTest
    @EnumSource
    void halfClose_existingConnections_oneDirectionEndsTheOtherLives(Direction ended) throws IOException {
        Pair pair = server.subscribe();
        Pair other = server.connect();
        Socket from = ended == Direction.TO_CLIENT ? pair.server() : pair.client();
        Socket to = ended == Direction.TO_CLIENT ? pair.client() : pair.server();
        proxy.delay(Link.SUBSCRIPTIONS, ended, ENDLESS);
        from.getOutputStream().write('a');
        to.getOutputStream().write('b');
        assertThat(from.getInputStream().read()).isEqualTo('b');

        proxy.halfClose(Link.SUBSCRIPTIONS, ended);
        proxy.delay(Link.SUBSCRIPTIONS, ended, Duration.ofMillis(1));

        assertThat(to.getInputStream().read()).isEqualTo('a');
        assertThat(to.getInputStream().read()).isEqualTo(-1);
        from.getOutputStream().write(randomBytes(10_000_000));
        to.getOutputStream().write('c');
        assertThat(from.getInputStream().read()).isEqualTo('c');
        other.send("x");
        other.serverHears("x");

        proxy.heal();
        assertReset(from);
        other.send("y");
        other.serverHears("y");
    }

    @Test
    void halfClose_bothEndsLeave_connectionEnds() throws IOException {
        Pair pair = server.connect();
        proxy.halfClose(Link.COMMANDS, Direction.TO_CLIENT);
        assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
        pair.client().close();
        assertThat(pair.server().getInputStream().read()).isEqualTo(-1);
        awaitNoConnections();
    }

    @Test
    void reset_oneLink_bothSidesOfItsConnectionsOnly() throws IOException {
        Pair pair = server.subscribe();
        Pair other = server.connect();
        proxy.reset(Link.SUBSCRIPTIONS);
        assertReset(pair.client());
        assertReset(pair.server());
        other.send("x");
        other.serverHears("x");
        server.subscribe().send("new ones live");
    }

    @Test
    void refuse_newConnections_untilHealedOnTheSamePort() throws IOException {
        Pair existing = server.connect();
        int port = proxy.port();
        proxy.refuse();
        proxy.refuse();
        assertThatThrownBy(server::client).isInstanceOf(ConnectException.class);
        existing.send("x");
        existing.serverHears("x");

        proxy.heal();
        proxy.heal();
        assertThat(proxy.port()).isEqualTo(port);
        Pair later = server.connect();
        later.send("y");
        later.serverHears("y");
    }

    @Test
    void dropFrames_combinedWithADelay_bothHold() throws IOException {
        Pair pair = server.subscribe();
        String message = ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n";
        proxy.dropFrames(1, 0);
        proxy.delay(Link.SUBSCRIPTIONS, Direction.TO_CLIENT, ENDLESS);
        pair.answer(message + "+a\r\n" + message);
        Awaitility.await().until(() -> proxy.counts().framesDropped() == 2);
        assertThat(pair.clientHasHeardNothing()).isTrue();
        proxy.delay(Link.SUBSCRIPTIONS, Direction.TO_CLIENT, Duration.ofMillis(1));
        pair.clientHears("+a\r\n");

        proxy.heal();
        pair.answer(message);
        pair.clientHears(message);
    }

    @Test
    void close_withConnections_endsThreadsAndSockets() throws IOException {
        Pair pair = server.connect();
        proxy.blackhole(Link.COMMANDS, Direction.TO_CLIENT);
        int port = proxy.port();
        proxy.close();
        proxy.close();

        assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
        assertThat(pair.server().getInputStream().read()).isEqualTo(-1);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                .isInstanceOf(ConnectException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("crema-fault-proxy-" + port));
        assertThat(proxy.counts()).isEqualTo(new FaultProxy.Counts(1, 0, 0, 0, 0, 0));
        assertThatThrownBy(proxy::heal)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    @EnabledIf("countsDescriptors")
    void close_manyTimes_leavesNoDescriptors() throws IOException {
        long before = descriptors();
        for (int i = 0; i < 50; i++) {
            try (ProxiedServer each = new ProxiedServer()) {
                Pair pair = each.connect();
                each.subscribe();
                if (i % 2 == 0) {
                    each.proxy().reset(Link.SUBSCRIPTIONS);
                    each.proxy().refuse();
                }
                pair.send("x");
                pair.serverHears("x");
            }
        }
        // Each proxy has seven.
        assertThat(descriptors() - before).isLessThan(50);
    }

    static boolean countsDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean;
    }

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void to_badPort_isRefused(int port) {
        assertBad(() -> FaultProxy.to(port), "port", String.valueOf(port));
    }

    @Test
    void faults_badArguments_areRefusedByName() {
        for (Duration delay : new Duration[] {Duration.ZERO, Duration.ofMillis(-1), ENDLESS.plusNanos(1)}) {
            assertBad(() -> proxy.delay(Link.COMMANDS, Direction.TO_CLIENT, delay), "delay", delay.toString());
        }
        for (int rate : new int[] {0, -1}) {
            assertBad(() -> proxy.throttle(Link.COMMANDS, Direction.TO_CLIENT, rate), "byte", String.valueOf(rate));
        }
        for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
            assertBad(() -> proxy.dropFrames(share, 0), "share", String.valueOf(share));
        }
    }

    private static void assertBad(ThrowingCallable call, String name, String value) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value);
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    private void awaitNoConnections() {
        Awaitility.await()
                .until(() -> proxy.counts().commands() + proxy.counts().subscriptions() == 0);
    }

    private Pair connect(Link link) throws IOException {
        return link == Link.COMMANDS ? server.connect() : server.subscribe();
    }

    private static Link otherThan(Link link) {
        return link == Link.COMMANDS ? Link.SUBSCRIPTIONS : Link.COMMANDS;
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        ThreadLocalRandom.current().nextBytes(bytes);
        return bytes;
    }

    private static CompletableFuture<Void> sending(Socket to, byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                to.getOutputStream().write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static CompletableFuture<Void> receiving(Socket from, byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                assertThat(from.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
