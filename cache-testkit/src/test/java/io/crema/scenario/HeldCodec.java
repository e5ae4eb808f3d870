package io.crema.scenario;

import static org.awaitility.Awaitility.await;

import io.crema.spi.Codec;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Text, whose reading the test can hold: the place between the reply of the remote tier and the near tier. */
final class HeldCodec implements Codec<String> {

    private final TextCodec codec = new TextCodec();
    private final AtomicInteger decoded = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public byte id() {
        return codec.id();
    }

    @Override
    public byte[] encode(String value, int maxBytes) {
        return codec.encode(value, maxBytes);
    }

    @Override
    public String decode(ByteBuffer bytes) {
        decoded.incrementAndGet();
        try {
            if (!gate.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("The test never let this through");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return codec.decode(bytes);
    }

    /** How many payloads were read, the held one too. */
    int decoded() {
        return decoded.get();
    }

    void hold() {
        gate = new CountDownLatch(1);
    }

    void awaitHeld(int decodedInAll) {
        await().until(() -> decoded.get() == decodedInAll);
    }

    void release() {
        gate.countDown();
    }
}
