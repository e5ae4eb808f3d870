package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.testkit.FaultProxy.Direction;
import io.crema.testkit.FaultProxy.Link;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultProxyRedisTest {

    private static final int LIMIT_MILLIS = 20_000;
    private static final int SHORT_LIMIT_MILLIS = 100;

    private EmbeddedRedis redis;
    private FaultProxy proxy;

    @BeforeAll
    void startServer() {
        redis = EmbeddedRedis.start();
    }

    @AfterAll
    void closeServer() {
        redis.close();
    }

    @BeforeEach
    void startProxy() {
        proxy = FaultProxy.to(redis.port());
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    @Test
    void call_noFaults_passesBothWays() throws IOException {
        try (RespClient client = connect(LIMIT_MILLIS)) {
            String large = "x".repeat(3_000_000);
            assertThat(client.call("SET", "a", large)).containsExactly("OK");
            assertThat(client.call("GET", "a")).containsExactly(large);
        }
    }

    @Test
    void dropFrames_aShare_restComesWholeAndInOrderWithAllElse() throws IOException {
        try (Subscriber subscriber = new Subscriber()) {
            proxy.dropFrames(0.5, 7);
            List<String> sent = publish(1000);
            List<String> heard = subscriber.messagesUntilPong();

            long dropped = proxy.counts().framesDropped();
            assertThat(dropped).isBetween(400L, 600L);
            assertThat(heard).hasSize(1000 - (int) dropped).isSubsetOf(sent);

            assertThat(heard).isSortedAccordingTo((a, b) -> Integer.compare(sent.indexOf(a), sent.indexOf(b)));
        }
    }

    @Test
    void dropFrames_all_confirmationsAndRepliesStillCome() throws IOException {
        try (Subscriber subscriber = new Subscriber()) {
            proxy.dropFrames(1, 7);
            publish(10);
            subscriber.send("SUBSCRIBE d");
            subscriber.awaitLine("subscribe");
            assertThat(subscriber.messagesUntilPong()).isEmpty();

            proxy.heal();
            List<String> sent = publish(10);
            assertThat(subscriber.messagesUntilPong()).isEqualTo(sent);
            assertThat(proxy.counts().framesDropped()).isEqualTo(10);
        }
    }

    @Test
    void blackhole_subscriptions_commandsPassAndNobodySubscribes() throws IOException {
        proxy.blackhole(Link.SUBSCRIPTIONS, Direction.TO_SERVER);
        try (RespClient commands = connect(LIMIT_MILLIS);
                RespClient subscriber = connect(SHORT_LIMIT_MILLIS)) {
            assertThat(subscriber.call("PING")).containsExactly("PONG");
            assertThatThrownBy(() -> subscriber.call("SUBSCRIBE", "c")).isInstanceOf(SocketTimeoutException.class);
            assertThat(commands.call("PUBLISH", "c", "x")).containsExactly("0");
        }
    }

    @Test
    void blackhole_bothDirections_clientHearsNothingUntilItConnectsAgain() throws IOException {
        try (RespClient client = connect(SHORT_LIMIT_MILLIS)) {
            assertThat(client.call("PING")).containsExactly("PONG");
            proxy.blackhole(Link.COMMANDS, Direction.TO_SERVER);
            proxy.blackhole(Link.COMMANDS, Direction.TO_CLIENT);
            assertThatThrownBy(() -> client.call("PING")).isInstanceOf(SocketTimeoutException.class);
            try (RespClient another = connect(SHORT_LIMIT_MILLIS)) {
                assertThatThrownBy(() -> another.call("PING")).isInstanceOf(SocketTimeoutException.class);
            }

            proxy.heal();
            assertThatThrownBy(() -> client.call("PING"))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
        try (RespClient client = connect(LIMIT_MILLIS)) {
            assertThat(client.call("PING")).containsExactly("PONG");
        }
    }

    @Test
    void throttle_slowSubscriber_serverRunsIntoItsOutputBufferLimit() throws IOException {
        redis.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 200000 0 0");
        try (Subscriber subscriber = new Subscriber()) {
            proxy.throttle(Link.SUBSCRIPTIONS, Direction.TO_CLIENT, 10_000);
            String message = "x".repeat(50_000);
            int sent = 0;
            while (!redis.call("PUBLISH", "c", message).equals(List.of("0"))) {
                sent++;
            }
            assertThat(sent).isBetween(4, 1000);
            proxy.heal();
            subscriber.awaitEnd();
        }
        Awaitility.await().until(() -> proxy.counts().subscriptions() == 0);
    }

    @Test
    void serverKilled_clientsEnd_andComeBackThroughTheSamePort() throws IOException {
        try (EmbeddedRedis other = EmbeddedRedis.start();
                FaultProxy toOther = FaultProxy.to(other.port());
                RespClient client = RespClient.connect(toOther.port(), null, LIMIT_MILLIS)) {
            assertThat(client.call("PING")).containsExactly("PONG");
            other.kill();
            assertThatThrownBy(() -> client.call("PING"))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
            other.restart();
            try (RespClient again = RespClient.connect(toOther.port(), null, LIMIT_MILLIS)) {
                assertThat(again.call("PING")).containsExactly("PONG");
            }
        }
    }

    private RespClient connect(int limitMillis) throws IOException {
        return RespClient.connect(proxy.port(), null, limitMillis);
    }

    private List<String> publish(int count) throws IOException {
        List<String> sent = new ArrayList<>();
        try (RespClient publisher = redis.connect()) {
            for (int i = 0; i < count; i++) {
                String message = "message-" + i + "-" + "x".repeat(i);
                sent.add(message);
                assertThat(publisher.call("PUBLISH", "c", message)).containsExactly("1");
            }
        }
        return sent;
    }

    /** A RESP3 connection through the proxy, subscribed to the channel c. */
    private final class Subscriber implements AutoCloseable {

        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        private final BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));

        Subscriber() throws IOException {
            socket.setSoTimeout(LIMIT_MILLIS);
            send("HELLO 3");
            send("SUBSCRIBE c");
            awaitLine("subscribe");
            messagesUntilPong();
        }

        void send(String command) throws IOException {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }

        void awaitLine(String expected) throws IOException {
            for (String line = lines.readLine(); !expected.equals(line); line = lines.readLine()) {
                assertThat(line).as("before " + expected).isNotNull();
            }
        }

        void awaitEnd() throws IOException {
            while (lines.readLine() != null) {
                // What was sent before the end.
            }
        }

        /** What all that was published before comes ahead of. */
        List<String> messagesUntilPong() throws IOException {
            send("PING");
            List<String> messages = new ArrayList<>();
            for (String line = lines.readLine(); !"+PONG".equals(line); line = lines.readLine()) {
                assertThat(line).isNotNull();
                if (line.startsWith("message-")) {
                    messages.add(line);
                }
            }
            return messages;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
