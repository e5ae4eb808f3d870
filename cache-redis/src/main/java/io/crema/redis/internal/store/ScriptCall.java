package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Lane;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a script: by its digest, and if the server does not know it, which executes nothing, once more by its
 * source on the same lane.
 */
public final class ScriptCall<T> extends CompletableFuture<T> {

    private final Lane lane;
    private final Script script;
    private final List<byte[]> arguments;
    private final Function<List<byte @Nullable []>, T> decoder;

    private ScriptCall(Lane lane, Script script, List<byte[]> arguments, Function<List<byte @Nullable []>, T> decoder) {
        this.lane = lane;
        this.script = script;
        this.arguments = arguments;
        this.decoder = decoder;
    }

    /** An execution, to be started; the decoder runs where the reply is read. */
    public static <T> ScriptCall<T> of(
            Lane lane,
            Script script,
            List<byte[]> keys,
            List<byte[]> values,
            Function<List<byte @Nullable []>, T> decoder) {
        List<byte[]> arguments = new ArrayList<>(2 + keys.size() + values.size());
        arguments.add(script.digest());
        arguments.add(Commands.ascii(keys.size()));
        arguments.addAll(keys);
        arguments.addAll(values);
        return new ScriptCall<>(lane, script, arguments, decoder);
    }

    /** Called once. */
    public ScriptCall<T> start() {
        send(CommandType.EVALSHA);
        return this;
    }

    private void send(CommandType type) {
        lane.send(type, arguments, (reply, failure) -> {
            if (reply != null) {
                finish(reply);
            } else if (failure instanceof RedisNoScriptException && type == CommandType.EVALSHA) {
                arguments.set(0, script.source());
                send(CommandType.EVAL);
            } else {
                completeExceptionally(failure);
            }
        });
    }

    private void finish(List<byte @Nullable []> reply) {
        try {
            complete(decoder.apply(reply));
        } catch (RuntimeException e) {
            completeExceptionally(e);
        }
    }
}
