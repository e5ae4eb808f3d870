package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.client.Request;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a script: by its digest, and if the server does not know it, which executes nothing, once more by its
 * source over the same connection.
 */
public final class ScriptCall<T> extends CompletableFuture<T> {

    private final Link link;
    private final Script script;
    private final List<byte[]> arguments;
    private final Function<List<byte @Nullable []>, T> decoder;

    private ScriptCall(Link link, Script script, List<byte[]> arguments, Function<List<byte @Nullable []>, T> decoder) {
        this.link = link;
        this.script = script;
        this.arguments = arguments;
        this.decoder = decoder;
    }

    /** An execution over a link, to be started; the decoder runs on the link's event loop. */
    public static <T> ScriptCall<T> of(
            Link link,
            Script script,
            List<byte[]> keys,
            List<byte[]> values,
            Function<List<byte @Nullable []>, T> decoder) {
        List<byte[]> arguments = new ArrayList<>(2 + keys.size() + values.size());
        arguments.add(script.digest());
        arguments.add(Commands.ascii(keys.size()));
        arguments.addAll(keys);
        arguments.addAll(values);
        return new ScriptCall<>(link, script, arguments, decoder);
    }

    /** Called once. */
    public ScriptCall<T> start() {
        send(CommandType.EVALSHA);
        return this;
    }

    /** The callback is there before the request is sent, so it runs where and when the reply is read. */
    private void send(CommandType type) {
        Request<List<byte @Nullable []>> request = Commands.request(type, arguments);
        request.whenComplete((@Nullable List<byte @Nullable []> reply, @Nullable Throwable failure) -> {
            if (reply != null) {
                finish(reply);
            } else if (failure instanceof RedisNoScriptException && type == CommandType.EVALSHA) {
                arguments.set(0, script.source());
                send(CommandType.EVAL);
            } else {
                completeExceptionally(failure);
            }
        });
        link.send(request);
    }

    private void finish(List<byte @Nullable []> reply) {
        try {
            complete(decoder.apply(reply));
        } catch (RuntimeException e) {
            completeExceptionally(e);
        }
    }
}
