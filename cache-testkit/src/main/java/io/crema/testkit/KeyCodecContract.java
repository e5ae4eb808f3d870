package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.crema.spi.CodecException;
import io.crema.spi.KeyCodec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every {@link KeyCodec} keeps. Extend it in the tests of a codec of your own. The seed of the random bytes is
 * printed with a failure; {@code -Dcrema.seed=} sets it.
 *
 * @param <K> the type of the keys
 */
public abstract class KeyCodecContract<K> {

    /** The longest key that the remote tier takes. */
    private static final int LONGEST_KEY = 65_000;

    private static final int FUZZ_ROUNDS = 20_000;
    private static final int THREADS = 8;

    /** The codec under test. */
    protected abstract KeyCodec<K> codec();

    /** Keys of every kind that the codec takes, two at least, no two equal, in one order; made anew by each call. */
    protected abstract List<K> samples();

    /** Bytes that are no key, or none if every sequence of bytes is one. */
    protected abstract List<byte[]> foreignKeys();

    /** Keys that the codec refuses, or none if it takes every key. */
    protected List<K> refusedKeys() {
        return List.of();
    }

    @Test
    public void format_ofCodec_isStableAndNotBlank() {
        assertThat(codec().format()).isEqualTo(codec().format()).isNotBlank();
    }

    @Test
    public void decode_ofEncoded_returnsEqualKey() {
        KeyCodec<K> codec = codec();
        for (K sample : samples()) {
            K decoded = codec.decode(codec.encode(sample));
            assertThat(decoded).isEqualTo(sample).hasSameHashCodeAs(sample);
        }
    }

    @Test
    public void encode_equalKeys_givesEqualBytes() {
        List<K> first = samples();
        List<K> second = samples();
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i)).isEqualTo(first.get(i));
            assertThat(codec().encode(second.get(i))).isEqualTo(codec().encode(first.get(i)));
        }
    }

    @Test
    public void encode_differentKeys_givesDifferentBytes() {
        KeyCodec<K> codec = codec();
        List<K> samples = samples();
        assertThat(samples.size()).as("samples").isGreaterThan(1);
        Set<String> seen = new HashSet<>();
        for (K sample : samples) {
            assertThat(seen.add(Arrays.toString(codec.encode(sample))))
                    .as("%s has the bytes of another key", sample)
                    .isTrue();
        }
    }

    @Test
    public void encode_samples_fitTheRemoteTier() {
        for (K sample : samples()) {
            assertThat(codec().encode(sample)).hasSizeLessThanOrEqualTo(LONGEST_KEY);
        }
    }

    @Test
    public void encode_refusedKey_throwsCodecException() {
        List<K> refused = refusedKeys();
        assumeThat(refused).as("every key is taken").isNotEmpty();
        for (K key : refused) {
            assertThatThrownBy(() -> codec().encode(key)).as("%s", key).isInstanceOf(CodecException.class);
        }
    }

    @Test
    public void decode_foreignBytes_throwsCodecException() {
        List<byte[]> foreign = foreignKeys();
        assumeThat(foreign).as("every sequence of bytes is a key").isNotEmpty();
        for (byte[] bytes : foreign) {
            assertThatThrownBy(() -> codec().decode(bytes))
                    .as(Arrays.toString(bytes))
                    .isInstanceOf(CodecException.class);
        }
    }

    /** What is read from random bytes has a form of its own, by which it is read again. */
    @Test
    public void decode_randomBytes_returnsAKeyOrThrowsCodecException() {
        KeyCodec<K> codec = codec();
        List<byte[]> encoded = samples().stream().map(codec::encode).toList();
        long seed = Long.getLong("crema.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < FUZZ_ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            byte[] sample = encoded.get(random.nextInt(encoded.size()));
            System.arraycopy(sample, 0, bytes, 0, Math.min(random.nextInt(4), Math.min(sample.length, bytes.length)));
            Throwable thrown = catchThrowable(() -> {
                K key = codec.decode(bytes);
                assertThat(codec.decode(codec.encode(key))).isEqualTo(key);
            });
            if (thrown != null && !(thrown instanceof CodecException)) {
                throw new AssertionError(
                        "-Dcrema.seed=" + seed + ", round " + round + ": " + Arrays.toString(bytes), thrown);
            }
        }
    }

    @Test
    public void encodeAndDecode_manyThreads_eachGetsItsOwnKey() throws InterruptedException {
        KeyCodec<K> codec = codec();
        List<K> samples = samples();
        Contention.run(THREADS, 500, turn -> {
            K sample = samples.get(turn % samples.size());
            assertThat(codec.decode(codec.encode(sample))).isEqualTo(sample);
        });
    }
}
