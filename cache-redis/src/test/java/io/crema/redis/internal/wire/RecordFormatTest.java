package io.crema.redis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseState;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.TagVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordFormatTest {

    private static final String VALUE = "c1 01 0000" // magic, kind, flags
            + "00065b8e95c06a01" // stamp
            + "8899aabbccddeeff" // token
            + "019aad1b3c40" // loadedAt
            + "019aad1fd020" // freshUntil
            + "019aad2463ff" // keepUntil
            + "0000000000000000" // originVersion
            + "1122334455667788" // leaseToken
            + "019aad1b4000" // leaseUntil
            + "0007" // loadMs
            + "05" // codec
            + "00" // tagCount
            + "68656c6c6f"; // payload

    private static final String BARE = "0000" // flags
            + "00065b8e95c06a01" // stamp
            + "0000000000000000" // token
            + "019aad1b3c40" // when it was made
            + "000000000000" // freshUntil
            + "019aad2463ff" // keepUntil
            + "0000000000000007" // least originVersion
            + "0000000000000000" // leaseToken
            + "000000000000" // leaseUntil
            + "00000000"; // loadMs, codec, tagCount

    private static final String TOMBSTONE = "c1 04" + BARE;

    private static final String QUARANTINE =
            "c1 03" + BARE.replaceFirst("0000", "0010") + "0a0a0a0a0a0a0a0a" // a holder
                    + "0b0b0b0b0b0b0b0b"; // another

    private static final List<TagVersion> TAGS =
            List.of(new TagVersion("t", 5, -1), new TagVersion("\u00e4", 0x0102030405060708L, 9));

    private static final String TAGGED =
            VALUE.substring(0, VALUE.length() - 12).replace("2463ff0000000000000000", "2463fffedcba9876543210")
                    + "02" // tagCount
                    + "0000000000000005" + "ffffffffffffffff" + "01" + "74" // stamp, token, length, name
                    + "0102030405060708" + "0000000000000009" + "02" + "c3a4" // stamp, token, length, name
                    + "68656c6c6f"; // payload

    private static final long LOADED_AT = 0x019aad1b3c40L;
    private static final long FRESH_UNTIL = 0x019aad1fd020L;
    private static final long LEASE_UNTIL = 0x019aad1b4000L;

    @Test
    void decode_value_readsEachField() {
        RemoteRecord record = RecordFormat.decode(hex(VALUE), 12, LOADED_AT + 1000);

        assertThat(record.kind()).isEqualTo(Kind.VALUE);
        assertThat(record.stamp()).isEqualTo(0x00065b8e95c06a01L);
        assertThat(record.token()).isEqualTo(0x8899aabbccddeeffL);
        assertThat(record.loadedAt()).isEqualTo(LOADED_AT);
        assertThat(record.ageMillis()).isEqualTo(1000);
        assertThat(record.freshMillis()).isEqualTo(FRESH_UNTIL - LOADED_AT - 1000);
        assertThat(record.isExpired()).isFalse();
        assertThat(record.loadMillis()).isEqualTo(7);
        assertThat(record.lease()).isEqualTo(LeaseState.FREE);
        assertThat(record.cachedNull()).isFalse();
        assertThat(record.codec()).isEqualTo((byte) 5);
        assertThat(record.floor()).isEqualTo(12);
        assertThat(record.payload().hasArray()).isTrue();
        assertThat(record.payload().remaining()).isEqualTo(5);
        byte[] payload = new byte[5];
        record.payload().get(payload);
        assertThat(payload).asString().isEqualTo("hello");
    }

    @Test
    void decode_header_hasNoPayload() {
        RemoteRecord record = RecordFormat.decode(hex(VALUE.substring(0, VALUE.length() - 10)), -1, FRESH_UNTIL + 1);
        assertThat(record.payload().remaining()).isZero();
        assertThat(record.freshMillis()).isEqualTo(-1);
    }

    @Test
    void decode_null_isFlagged() {
        RemoteRecord record = RecordFormat.decode(hex(VALUE.replaceFirst("0000", "0001")), -1, LOADED_AT);
        assertThat(record.cachedNull()).isTrue();
    }

    @Test
    void decode_marker_isALease() {
        String marker = VALUE.replaceFirst("c1 01", "c1 02").substring(0, 2 * 64 + 2);
        assertThat(RecordFormat.decode(hex(marker), 3, LOADED_AT))
                .isEqualTo(RemoteRecord.lease(0x00065b8e95c06a01L, new LeaseState(LEASE_UNTIL - LOADED_AT, 0), 3));
    }

    @ParameterizedTest
    @CsvSource({"01, 1, 1", "01, ff, 255", "02, 1, 1", "02, ff, 255", "04, 7, 7"})
    void decode_hold_tellsTheFailuresAndHowLong(String kind, String last, int failures) {
        String held = (last.length() == 1 ? "0" : "") + last;
        String record = VALUE.replaceFirst("c1 01", "c1 " + kind).replace("1122334455667788", "ffffffffffffff" + held);
        assertThat(RecordFormat.decode(hex(record), 3, LEASE_UNTIL - 5).lease()).isEqualTo(new LeaseState(5, failures));
        assertThat(RecordFormat.decode(hex(record), 3, LEASE_UNTIL).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void decode_runningLease_isNoHold() {
        String almost = VALUE.replace("1122334455667788", "fffffffffffffe01");
        assertThat(RecordFormat.decode(hex(almost), 3, LEASE_UNTIL - 5).lease()).isEqualTo(new LeaseState(5, 0));
        assertThat(RecordFormat.decode(hex(almost), 3, LEASE_UNTIL + 5).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void decode_longLoad_isUnsigned() {
        String slow = VALUE.replace("4000" + "0007", "4000" + "ffff");
        assertThat(RecordFormat.decode(hex(slow), 3, LOADED_AT).loadMillis()).isEqualTo(65_535);
    }

    @Test
    void decode_softExpired_isStale() {
        String expired = VALUE.replaceFirst("0000", "0008").replace("019aad1fd020", "000000000000");
        RemoteRecord record = RecordFormat.decode(hex(expired), -1, LOADED_AT);
        assertThat(record.kind()).isEqualTo(Kind.VALUE);
        assertThat(record.freshMillis()).isEqualTo(RemoteRecord.EXPIRED);
        assertThat(record.isExpired()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0004, false", "0005, true", "000c, false", "0024, false"})
    void decode_dirty_isFreshWhateverItsTime(String flags, boolean cachedNull) {
        byte[] dirty = hex(VALUE.replaceFirst("0000", flags));
        RemoteRecord record = RecordFormat.decode(dirty, -1, LOADED_AT);
        assertThat(record.dirty()).isTrue();
        assertThat(record.cachedNull()).isEqualTo(cachedNull);
        assertThat(record.freshMillis()).isEqualTo(FRESH_UNTIL - LOADED_AT);
        assertThat(RecordFormat.decode(dirty, -1, FRESH_UNTIL - 999).freshMillis())
                .isEqualTo(1_000);
        assertThat(RecordFormat.decodeHead(dirty, -1, FRESH_UNTIL + 5).freshMillis())
                .isEqualTo(1_000);
        assertThat(RecordFormat.decode(hex(VALUE), -1, LOADED_AT).dirty()).isFalse();
    }

    @Test
    void decode_quarantineOrTombstone_isThat() {
        byte[] quarantine = hex(QUARANTINE);
        byte[] tombstone = hex(TOMBSTONE);
        assertThat(RecordFormat.decode(quarantine, 3, LOADED_AT))
                .isEqualTo(RecordFormat.decodeHead(quarantine, 3, LOADED_AT))
                .isEqualTo(RemoteRecord.quarantine(0x00065b8e95c06a01L, 3));
        assertThat(RecordFormat.decode(tombstone, 3, LOADED_AT))
                .isEqualTo(RecordFormat.decodeHead(tombstone, 3, LOADED_AT))
                .isEqualTo(RemoteRecord.tombstone(0x00065b8e95c06a01L, LeaseState.FREE, 3));
    }

    @Test
    void decode_taggedAndVersioned_readsTagsVersionAndPayload() {
        RemoteRecord record = RecordFormat.decode(hex(TAGGED), -1, LOADED_AT);
        assertThat(record.originVersion()).isEqualTo(0xfedcba9876543210L);
        assertThat(record.tags()).isEqualTo(TAGS);
        assertThat(StandardCharsets.UTF_8.decode(record.payload()).toString()).isEqualTo("hello");
    }

    @Test
    void decodeHead_anyLengthWithAllTags_hasNoPayload() {
        byte[] whole = hex(TAGGED);
        for (int length = 1; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            boolean all = length < 64 || length >= whole.length - 5;
            assertThat(RecordFormat.hasAllTags(cut)).as("%d bytes", length).isEqualTo(all);
            RemoteRecord record = RecordFormat.decodeHead(cut, 3, LOADED_AT);
            if (length >= 64 && all) {
                assertThat(record.tags()).isEqualTo(TAGS);
                assertThat(record.payload().hasRemaining()).isFalse();
            } else {
                assertThat(record).isEqualTo(RemoteRecord.opaque(3));
            }
        }
        assertThat(RecordFormat.hasAllTags(null)).isTrue();
        assertThat(RecordFormat.decodeHead(null, 3, LOADED_AT)).isEqualTo(RemoteRecord.absent(3));
    }

    @Test
    void headTailBody_value_areTheseBytes() {
        RemoteValue value =
                RemoteValue.of(1, (byte) 0x85, bytes("hello"), 5, 5, 70_000).withTags(TAGS);
        assertThat(RecordFormat.head(value)).isEqualTo(hex("c1 01 0000"));
        assertThat(RecordFormat.tail(value)).isEqualTo(hex("ffff 85 02"));
        assertThat(RecordFormat.body(value)).isEqualTo(hex(TAGGED.substring(TAGGED.length() - 2 * 42)));
        RemoteValue none = RemoteValue.ofNull(1, 5, 5, 7);
        assertThat(RecordFormat.head(none)).isEqualTo(hex("c1 01 0001"));
        assertThat(RecordFormat.tail(none)).isEqualTo(hex("0007 00 00"));
        assertThat(RecordFormat.body(none)).isEmpty();
    }

    @Test
    void decode_nothing_isAbsent() {
        assertThat(RecordFormat.decode(null, 3, LOADED_AT)).isEqualTo(RemoteRecord.absent(3));
        assertThat(RecordFormat.decode(new byte[0], 3, LOADED_AT)).isEqualTo(RemoteRecord.absent(3));
    }

    @ParameterizedTest
    @CsvSource({"0, c2", "1, 05", "1, 00", "2, 01", "3, 02", "3, 40", "3, 80", "63, 01", "63, 41", "63, ff"})
    void decode_unknownMagicKindFlagOrTags_isOpaque(int offset, String value) {
        byte[] bytes = hex(VALUE);
        bytes[offset] = hex(value)[0];
        assertThat(RecordFormat.decode(bytes, 3, LOADED_AT)).isEqualTo(RemoteRecord.opaque(3));
    }

    @Test
    void decode_tooShort_isOpaque() {
        assertThat(RecordFormat.decode(hex(VALUE.substring(0, 2 * 63 + 2)), 3, LOADED_AT))
                .isEqualTo(RemoteRecord.opaque(3));
        assertThat(RecordFormat.decode(hex("666f72656967"), 3, LOADED_AT)).isEqualTo(RemoteRecord.opaque(3));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
