package io.crema.redis.internal.client;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reply as the list of its strings and numbers, arrays and maps flattened, numbers as their digits. */
final class Output extends CommandOutput<byte[], byte[], List<byte @Nullable []>> {

    Output() {
        super(ByteArrayCodec.INSTANCE, new ArrayList<>());
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        output.add(bytes == null ? null : copy(bytes));
    }

    @Override
    public void set(long integer) {
        output.add(String.valueOf(integer).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void set(boolean value) {
        set(value ? 1 : 0);
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }
}
