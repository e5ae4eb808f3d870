package io.crema.coherence;

import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The operator: commands straight to a server, past the proxies, over a connection for each visit. Thread-safe. */
final class Admin implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final RedisClient client = RedisClient.create();

    Admin() {
        client.setOptions(ClientOptions.builder().autoReconnect(false).build());
    }

    /** What the server answers. A server that does not answer in 5 s is an exception of Lettuce. */
    <T> T ask(EmbeddedRedis server, Function<RedisCommands<String, String>, T> question) {
        try (StatefulRedisConnection<String, String> connection = connect(server, LIMIT)) {
            return question.apply(connection.sync());
        }
    }

    void tell(EmbeddedRedis server, Consumer<RedisCommands<String, String>> orders) {
        ask(server, commands -> {
            orders.accept(commands);
            return true;
        });
    }

    /** Something that the server will not answer soon. */
    record Sent(StatefulRedisConnection<String, String> connection, RedisFuture<?> answer) {

        /** Ends the connection. Returns why the server refused; empty if it did not, as far as it has answered. */
        Optional<String> end() {
            try (connection) {
                return answer.isDone() ? Optional.ofNullable(answer.getError()) : Optional.empty();
            }
        }
    }

    Sent send(EmbeddedRedis server, Function<RedisAsyncCommands<String, String>, RedisFuture<?>> order) {
        StatefulRedisConnection<String, String> connection = connect(server, LIMIT);
        return new Sent(connection, order.apply(connection.async()));
    }

    StatefulRedisConnection<String, String> connect(EmbeddedRedis server, Duration limit) {
        RedisURI uri = RedisURI.create(server.uri());
        uri.setTimeout(limit);
        return client.connect(uri);
    }

    /** A field of INFO. */
    static Optional<String> field(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
