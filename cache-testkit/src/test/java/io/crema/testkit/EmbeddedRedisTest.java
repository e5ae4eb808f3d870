package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddedRedisTest {

    private final EmbeddedRedis redis = EmbeddedRedis.start();

    @AfterEach
    void closeServer() {
        redis.close();
    }

    @Test
    void start_freePort_answersThere() throws IOException {
        assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());
        assertThat(ask("PING")).isEqualTo("+PONG\r\n");
        assertThat(ask("CONFIG GET save")).contains("$0\r\n\r\n");
    }

    @Test
    void start_settings_arePassedOn() throws IOException {
        try (EmbeddedRedis other = EmbeddedRedis.start("--maxmemory", "12345678")) {
            assertThat(ask(other, "CONFIG GET maxmemory")).contains("12345678");
        }
    }

    @Test
    void start_badSetting_failsWithTheServersOutput() {
        assertThatThrownBy(() -> EmbeddedRedis.start("--no-such-setting", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-setting");
    }

    @Test
    void restart_afterKill_samePortAndEmpty() throws IOException {
        int port = redis.port();
        ask("SET a 1");

        redis.kill();
        assertThat(redis.isRunning()).isFalse();
        assertThatThrownBy(() -> ask("PING")).isInstanceOf(ConnectException.class);

        redis.restart();
        assertThat(redis.port()).isEqualTo(port);
        assertThat(ask("GET a")).isEqualTo("$-1\r\n");
    }

    @Test
    void restart_afterStop_answersAgain() throws IOException {
        redis.stop();
        assertThat(redis.isRunning()).isFalse();
        redis.restart();
        assertThat(ask("PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void pause_thenResume_answersOnlyAfterwards() throws IOException {
        redis.pause();
        try (Socket socket = connect(redis)) {
            socket.setSoTimeout(100);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            redis.resume();
            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().readNBytes(7)).asString().isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void kill_whilePaused_ends() {
        redis.pause();
        redis.kill();
        assertThat(redis.isRunning()).isFalse();
    }

    @Test
    void close_twice_endsTheServer() {
        redis.close();
        redis.close();
        assertThat(redis.isRunning()).isFalse();
        assertThatThrownBy(redis::restart).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isRecent_versions_areTold() {
        assertThat(RedisBinary.isRecent("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc"))
                .isTrue();
        assertThat(RedisBinary.isRecent("Redis server v=6.2.0 sha=0")).isTrue();
        assertThat(RedisBinary.isRecent("Redis server v=6.0.16 sha=0")).isFalse();
        assertThat(RedisBinary.isRecent("something else")).isFalse();
    }

    private String ask(String command) throws IOException {
        return ask(redis, command);
    }

    private static String ask(EmbeddedRedis server, String command) throws IOException {
        try (Socket socket = connect(server)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return reply.substring(0, reply.length() - "+OK\r\n".length());
        }
    }

    private static Socket connect(EmbeddedRedis server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }
}
