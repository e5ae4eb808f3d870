package io.crema.redis.internal.client;

import io.lettuce.core.protocol.ProtocolKeyword;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Where a command goes: over one connection, or to whoever has its slot. */
@FunctionalInterface
public interface Lane {

    /** Sends a command. The callback gets the reply or a failure, once, where and when the reply is read. */
    void send(
            ProtocolKeyword type,
            List<byte[]> arguments,
            BiConsumer<@Nullable List<byte @Nullable []>, @Nullable Throwable> reply);
}
