package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheBuilder;
import io.crema.CacheException;
import io.crema.TieredCache;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import io.crema.spi.KeyCodec;
import io.crema.testkit.Operation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys and values that cannot be written or read. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#withRemote")
@Timeout(60)
class SerializationTest {

    private final CacheFixture fixture;

    SerializationTest(Setting setting) {
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A codec that writes text and does something else when reading, under an id of its choice. */
    private record Reading(byte id, Function<ByteBuffer, String> decoder) implements Codec<String> {

        @Override
        public byte[] encode(String value, int maxBytes) {
            return new TextCodec().encode(value, maxBytes);
        }

        @Override
        public String decode(ByteBuffer bytes) {
            return decoder.apply(bytes);
        }
    }

    /** A key codec that writes keys as told. */
    private record Writing(String format, Function<String, byte[]> encoder) implements KeyCodec<String> {

        @Override
        public byte[] encode(String key) {
            return encoder.apply(key);
        }

        @Override
        public String decode(byte[] bytes) {
            throw new IllegalStateException("odd key");
        }
    }

    private void assertUndecodable(Codec<String> codec) {
        Calls writer = fixture.open();
        writer.put("k", "old");
        writer.put("l", "old");
        Instance instance = fixture.instance();
        Calls reader = fixture.open(instance, builder -> builder.codec(codec), key -> "new");
        assertThat(reader.getIfPresent("k")).isNull();
        assertThat(reader.entry("k")).isNull();
        assertThat(reader.getAllPresent(List.of("k"))).isEmpty();
        assertThat(reader.stats().undecodable()).isEqualTo(3);
        assertThat(reader.stats().remoteHits()).isZero();
        assertThat(reader.get("k")).isEqualTo("new");
        assertThat(reader.getAll(List.of("l"))).isEqualTo(Map.of("l", "new"));
        // Overwritten, so that whoever can read it has the new one.
        assertThat(instance.remote().executed(Operation.FILL)).isEqualTo(2);
    }

    @Test
    void record_ofAnotherCodec_isAMissAndOverwritten() {
        assertUndecodable(new Reading((byte) 65, bytes -> "never"));
    }

    @Test
    void record_thatCodecRefuses_isAMissAndOverwritten() {
        assertUndecodable(new Reading((byte) 64, bytes -> {
            throw new CodecException("an older version wrote it");
        }));
    }

    @Test
    void record_ofAClassThatIsNotThere_isAMissAndOverwritten() {
        assertUndecodable(new Reading((byte) 64, bytes -> {
            throw new NoClassDefFoundError("com/example/Newer");
        }));
    }

    @Test
    void record_decodedToNull_isAMissAndOverwritten() {
        assertUndecodable(new Reading((byte) 64, bytes -> null));
    }

    @Test
    void undecodableRecord_loadedByAnotherInstance_isWaitedFor() {
        Calls cache = fixture.open();
        assertThat(cache.get("k", key -> "?unreadable")).isEqualTo("?unreadable");
        Calls other = fixture.open();
        assertThat(other.getIfPresent("k")).isNull();
        assertThat(other.get("k", key -> "readable")).isEqualTo("readable");
        assertThat(fixture.open().getIfPresent("k")).isEqualTo("readable");
    }

    @Test
    void opaqueRecord_isLeftAlone_butReplacedByAPut() {
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance, builder -> builder, key -> "origin");
        byte[] key = KeyCodec.<String>standard().encode("k");
        for (int partition = 0; partition < 4; partition++) {
            fixture.server.plantOpaque("texts", partition, key);
        }
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("origin");
        assertThat(cache.getAll(List.of("k"))).isEqualTo(Map.of("k", "origin"));
        assertThat(instance.remote().executed(Operation.FILL)).isZero();
        assertThat(cache.refresh("k")).isEqualTo("origin");
        cache.put("k", "put");
        assertThat(fixture.open().getIfPresent("k")).isEqualTo("put");
    }

    @Test
    void value_thatCannotBeEncoded_isRefused_andTheLeaseGivenUp() {
        Calls cache = fixture.loading(key -> "!refused");
        String reason =
                "Cache 'texts': a value of type java.lang.String, for a key of type java.lang.String, cannot be encoded:"
                        + " text must not start with !";
        assertThatThrownBy(() -> cache.put("k", "!refused"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage(reason)
                .hasCauseInstanceOf(CodecException.class);
        assertThatThrownBy(() -> cache.get("k"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage(reason);
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(fixture.open().get("k", key -> "now")).isEqualTo("now");
    }

    @Test
    void putAll_withAValueThatCannotBeEncoded_storesTheOthers() {
        Calls cache = fixture.open();
        assertThatThrownBy(() -> cache.putAll(Map.of("a", "1", "bad", "!refused", "b", "2")))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("cannot be encoded");
        assertThat(cache.getAllPresent(List.of("a", "bad", "b"))).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void value_overTheLimit_isRefusedWithTheLimit() {
        Calls cache = fixture.open();
        String huge = "x".repeat(16 * 1024 * 1024 + 1);
        assertThatThrownBy(() -> cache.put("k", huge))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage(
                        "Cache 'texts': a value of type java.lang.String, for a key of type java.lang.String, has 16777217 bytes, the limit is 16777216;"
                                + " store smaller values or raise the limit of the remote tier");
        cache.put("k", huge.substring(1));
        assertThat(cache.getIfPresent("k")).hasSize(16 * 1024 * 1024);
    }

    @Test
    void key_overTheLimit_isRefusedWithTheLimit_byEveryOperation() {
        Calls cache = fixture.open();
        String longest = "k".repeat(1023);
        cache.put(longest, "v");
        assertThat(cache.getIfPresent(longest)).isEqualTo("v");
        String tooLong = longest + "k";
        assertKeyRefused(
                cache,
                tooLong,
                "Cache 'texts': a key of type java.lang.String has 1025 bytes, the limit is 1024; use shorter keys or"
                        + " raise the limit of the remote tier");
    }

    @Test
    void key_thatCannotBeEncoded_isRefused_byEveryOperation() {
        assertKeyRefused(
                fixture.open(),
                "unpaired \ud800",
                "Cache 'texts': a key of type java.lang.String cannot be encoded: A String key holds an unpaired"
                        + " surrogate, which UTF-8 cannot carry");
    }

    @Test
    void key_whoseCodecThrowsOddThings_isRefused_byEveryOperation() {
        assertKeyRefused(
                fixture.open(builder -> builder.keyCodec(new Writing("standard-1", key -> {
                    throw new ClassCastException("odd codec");
                }))),
                "k",
                "Cache 'texts': a key of type java.lang.String cannot be encoded: odd codec");
    }

    @Test
    void key_whoseCodecGivesNull_isRefused_byEveryOperation() {
        assertKeyRefused(
                fixture.open(builder -> builder.keyCodec(new Writing("standard-1", key -> null))),
                "k",
                "Cache 'texts': a key of type java.lang.String cannot be encoded: the key codec returned null");
    }

    private void assertKeyRefused(Calls cache, String key, String reason) {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> cache.getIfPresent(key),
                () -> cache.entry(key),
                () -> cache.get(key, k -> "v"),
                () -> cache.getAll(List.of(key), keys -> Map.of()),
                () -> cache.getAllPresent(List.of(key)),
                () -> cache.refresh(key),
                () -> cache.put(key, "v"),
                () -> cache.putIfAbsent(key, "v"),
                () -> cache.putAll(Map.of(key, "v")),
                () -> cache.invalidate(key),
                () -> cache.invalidateIfPresent(key),
                () -> cache.invalidateAll(List.of(key)))) {
            assertThatThrownBy(call).isExactlyInstanceOf(CacheException.class).hasMessage(reason);
        }
    }

    /** The end of a put comes on a thread of the remote tier or of the clock, which are not for the user's code. */
    @Test
    void put_notConfirmed_asksTheKeyCodecNoMore() {
        AtomicInteger encoded = new AtomicInteger();
        Instance instance = fixture.instance();
        Calls cache = fixture.open(
                instance,
                builder -> builder.keyCodec(new Writing("standard-1", key -> {
                    encoded.incrementAndGet();
                    return KeyCodec.<String>standard().encode(key);
                })),
                key -> "origin");
        instance.remote().fail(Operation.PUT);
        assertThatThrownBy(() -> cache.put("k", "v")).isExactlyInstanceOf(CacheException.class);
        assertThat(encoded).hasValue(1);
    }

    @Test
    void message_whoseKeyCannotBeDecoded_isAGap_andStillSeen() {
        Calls odd = fixture.open(builder -> builder.keyCodec(
                new Writing("standard-1", key -> KeyCodec.<String>standard().encode(key))));
        Calls other = fixture.open();
        odd.put("k", "v1");
        assertThat(odd.getIfPresent("k")).isEqualTo("v1");
        other.put("k", "v2");
        assertThat(odd.getIfPresent("k")).isEqualTo("v2");
        assertThat(odd.stats().gaps()).isPositive();
    }

    @Test
    void keys_ofTheStandardTypes_areToldApart_andOthersRefusedWithTheirType() {
        CacheBuilder<Object, String> builder =
                fixture.instance().crema().<Object, String>cache("objects").codec(new TextCodec());
        TieredCache<Object, String> cache = builder.build();
        UUID uuid = new UUID(1, 2);
        cache.putAll(Map.of("1", "string", 1, "int", 1L, "long", uuid, "uuid"));
        assertThat(cache.getAllPresent(List.of("1", 1, 1L, uuid)).values())
                .containsExactly("string", "int", "long", "uuid");
        assertThatThrownBy(() -> cache.get(1.5, key -> "v"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage("Cache 'objects': a key of type java.lang.Double cannot be encoded: Keys of type"
                        + " java.lang.Double need a key codec: set one with keyCodec(..); built in are String, Long,"
                        + " Integer, UUID, and KeyCodec.ofEnum(..) for enums");
    }

    @Test
    void keys_ofAnEnum_withItsCodec_areShared() {
        TieredCache<TimeUnit, String> first = enums();
        TieredCache<TimeUnit, String> second = enums();
        first.put(TimeUnit.DAYS, "d");
        assertThat(second.getIfPresent(TimeUnit.DAYS)).isEqualTo("d");
        second.invalidate(TimeUnit.DAYS);
        assertThat(first.getIfPresent(TimeUnit.DAYS)).isNull();
    }

    private TieredCache<TimeUnit, String> enums() {
        return fixture.instance()
                .crema()
                .<TimeUnit, String>cache("units")
                .codec(new TextCodec())
                .keyCodec(KeyCodec.ofEnum(TimeUnit.class))
                .build();
    }
}
