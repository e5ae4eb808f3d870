package io.crema.redis.codec;

import io.crema.redis.codec.Samples.Order;
import io.crema.redis.codec.Samples.Status;
import io.crema.spi.Codec;
import io.crema.testkit.CodecContract;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

final class KryoCodecContractTest extends CodecContract<Order> {

    private final KryoCodec<Order> codec = Samples.orderCodec();

    @Override
    protected Codec<Order> codec() {
        return codec;
    }

    @Override
    protected List<Order> samples() {
        return List.of(
                Samples.order(0),
                Samples.order(1),
                Samples.order(500),
                new Order(1, null, Status.NEW, Instant.EPOCH, List.of(), Map.of("漢字", new int[0][0].length)));
    }

    @Override
    protected List<byte[]> foreignPayloads() {
        return List.of(
                new byte[] {},
                new byte[] {0},
                new byte[] {1},
                new byte[] {1, 1, 2, 3, 4},
                "{\"id\":1}".getBytes(StandardCharsets.UTF_8),
                new byte[] {(byte) 0xAC, (byte) 0xED, 0, 5, 't', 0, 1, 'x'},
                KryoCodec.of(String.class).encode("a String", 100),
                KryoCodec.of(Status.class).encode(Status.NEW, 100));
    }
}
