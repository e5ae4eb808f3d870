package io.crema.redis.internal.client;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands from bytes, and bytes from and to what they mean. */
public final class Commands {

    private Commands() {}

    public static Request<List<byte @Nullable []>> request(ProtocolKeyword type, List<byte[]> arguments) {
        return new Request<>(command(type, arguments));
    }

    public static Command<byte[], byte[], List<byte @Nullable []>> command(
            ProtocolKeyword type, List<byte[]> arguments) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        for (byte[] argument : arguments) {
            args.add(argument);
        }
        return new Command<>(type, new Output(), args);
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public static byte[] ascii(long number) {
        return ascii(Long.toString(number));
    }

    /** The number that a reply carries; a missing one is 0. */
    public static long number(byte @Nullable [] reply) {
        return reply == null ? 0 : Long.parseLong(new String(reply, StandardCharsets.US_ASCII));
    }

    /** The text that a reply carries; a missing one is empty. */
    public static String text(byte @Nullable [] reply) {
        return reply == null ? "" : new String(reply, StandardCharsets.UTF_8);
    }

    /** Whether a connection speaks RESP3, by its reply to HELLO, pairs of names and values of which one is "proto". */
    public static boolean isResp3(@Nullable List<byte @Nullable []> hello) {
        for (int i = 0; hello != null && i + 1 < hello.size(); i++) {
            if ("proto".equals(text(hello.get(i)))) {
                return "3".equals(text(hello.get(i + 1)));
            }
        }
        return false;
    }

    /** The value of a line {@code field:value} of an INFO reply. */
    public static String infoField(byte @Nullable [] info, String field) {
        for (String line : text(info).split("\r\n")) {
            if (line.startsWith(field + ":")) {
                return line.substring(field.length() + 1);
            }
        }
        throw new IllegalStateException("The server's INFO has no field " + field);
    }
}
