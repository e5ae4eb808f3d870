package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Codec} keeps. Extend it in the tests of a codec of your own; one instance of the codec is asked for
 * by each test. The seed of the random bytes is printed with a failure; {@code -Dcrema.seed=} sets it.
 *
 * @param <V> the type of the values
 */
public abstract class CodecContract<V> {

    private static final int AMPLE = 1 << 20;
    private static final int FUZZ_ROUNDS = 20_000;
    private static final int THREADS = 8;

    /** The codec under test. */
    protected abstract Codec<V> codec();

    /** Values of every kind that the codec takes, two at least, no two the same, the last not of zero bytes. */
    protected abstract List<V> samples();

    /** Bytes that are no value, or none if every sequence of bytes is one. */
    protected abstract List<byte[]> foreignPayloads();

    /** Whether two values are the same; arrays are compared by their elements. */
    protected boolean same(V first, V second) {
        return Arrays.deepEquals(new Object[] {first}, new Object[] {second});
    }

    @Test
    public void id_ofCodec_isStableAndNotZero() {
        assertThat(codec().id()).isEqualTo(codec().id()).isNotZero();
    }

    @Test
    public void decode_ofEncoded_returnsSameValue() {
        Codec<V> codec = codec();
        for (V sample : samples()) {
            requireSame(sample, codec.decode(ByteBuffer.wrap(codec.encode(sample, AMPLE))));
        }
    }

    @Test
    public void decode_otherSamplesBytes_returnsOtherValue() {
        Codec<V> codec = codec();
        List<V> samples = samples();
        assertThat(samples.size()).as("samples").isGreaterThan(1);
        for (int i = 1; i < samples.size(); i++) {
            V decoded = codec.decode(ByteBuffer.wrap(codec.encode(samples.get(i), AMPLE)));
            assertThat(same(samples.get(i - 1), decoded))
                    .as("samples %d and %d are the same", i - 1, i)
                    .isFalse();
        }
    }

    @Test
    public void decode_windowOfLargerBuffer_readsTheWindowOnly() {
        Codec<V> codec = codec();
        for (V sample : samples()) {
            byte[] encoded = codec.encode(sample, AMPLE);
            ByteBuffer around = ByteBuffer.allocate(encoded.length + 7);
            Arrays.fill(around.array(), (byte) 0x7F);
            around.position(1);
            ByteBuffer shifted = around.slice().order(ByteOrder.LITTLE_ENDIAN);
            shifted.position(2).put(encoded).flip().position(2);
            requireSame(sample, codec.decode(shifted));
        }
    }

    @Test
    public void decode_always_leavesTheBytesAsTheyAre() {
        Codec<V> codec = codec();
        for (V sample : samples()) {
            byte[] encoded = codec.encode(sample, AMPLE);
            byte[] before = encoded.clone();
            codec.decode(ByteBuffer.wrap(encoded));
            assertThat(encoded).isEqualTo(before);
        }
    }

    @Test
    public void encode_limitOfItsSize_succeeds() {
        Codec<V> codec = codec();
        for (V sample : samples()) {
            byte[] encoded = codec.encode(sample, AMPLE);
            requireSame(sample, codec.decode(ByteBuffer.wrap(codec.encode(sample, encoded.length))));
        }
    }

    @Test
    public void encode_limitOneBelowItsSize_namesTheLimit() {
        Codec<V> codec = codec();
        for (V sample : samples()) {
            int tooSmall = codec.encode(sample, AMPLE).length - 1;
            if (tooSmall >= 0) {
                assertThatThrownBy(() -> codec.encode(sample, tooSmall))
                        .as("limit %d", tooSmall)
                        .isInstanceOf(CodecException.class)
                        .hasMessageContaining(String.valueOf(tooSmall));
            }
        }
    }

    @Test
    public void encode_afterAFailure_worksAgain() {
        Codec<V> codec = codec();
        List<V> samples = samples();
        V sample = samples.get(samples.size() - 1);
        byte[] encoded = codec.encode(sample, AMPLE);
        assertThat(encoded).as("the bytes of the last sample").isNotEmpty();
        assertThatThrownBy(() -> codec.encode(sample, encoded.length - 1)).isInstanceOf(CodecException.class);
        requireSame(sample, codec.decode(ByteBuffer.wrap(codec.encode(sample, AMPLE))));
    }

    @Test
    public void decode_foreignBytes_throwsCodecException() {
        Codec<V> codec = codec();
        List<byte[]> foreign = foreignPayloads();
        assumeThat(foreign).as("every sequence of bytes is a value").isNotEmpty();
        for (byte[] bytes : foreign) {
            assertThatThrownBy(() -> codec.decode(ByteBuffer.wrap(bytes)))
                    .as(Arrays.toString(bytes))
                    .isInstanceOf(CodecException.class);
        }
    }

    /** A damaged payload is refused, or read as some value; nothing else may happen. */
    @Test
    public void decode_damagedBytes_throwsNothingButCodecException() {
        Codec<V> codec = codec();
        List<byte[]> payloads =
                samples().stream().map(sample -> codec.encode(sample, AMPLE)).toList();
        long seed = Long.getLong("crema.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < FUZZ_ROUNDS; round++) {
            byte[] damaged = damaged(payloads.get(random.nextInt(payloads.size())), random);
            Throwable thrown = catchThrowable(() -> codec.decode(ByteBuffer.wrap(damaged)));
            if (thrown != null && !(thrown instanceof CodecException)) {
                throw new AssertionError(
                        "-Dcrema.seed=" + seed + ", round " + round + ": " + Arrays.toString(damaged), thrown);
            }
        }
    }

    @Test
    public void encodeAndDecode_manyThreads_eachGetsItsOwnValue() throws InterruptedException {
        Codec<V> codec = codec();
        List<V> samples = samples();
        Contention.run(THREADS, 500, turn -> {
            V sample = samples.get(turn % samples.size());
            requireSame(sample, codec.decode(ByteBuffer.wrap(codec.encode(sample, AMPLE))));
        });
    }

    private void requireSame(V expected, V actual) {
        assertThat(same(expected, actual))
                .as("%s came back as %s", expected, actual)
                .isTrue();
    }

    private static byte[] damaged(byte[] payload, Random random) {
        if (payload.length == 0 || random.nextInt(4) == 0) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] damaged = Arrays.copyOf(payload, payload.length + (random.nextInt(8) == 0 ? random.nextInt(9) : 0));
        for (int i = random.nextInt(4); i >= 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length)) : damaged;
    }
}
