package io.crema.redis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import java.util.HexFormat;
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

    private static final long LOADED_AT = 0x019aad1b3c40L;
    private static final long FRESH_UNTIL = 0x019aad1fd020L;

    @Test
    void decode_value_readsEachField() {
        RemoteRecord record = RecordFormat.decode(hex(VALUE), 12, LOADED_AT + 1000);

        assertThat(record.kind()).isEqualTo(Kind.VALUE);
        assertThat(record.stamp()).isEqualTo(0x00065b8e95c06a01L);
        assertThat(record.token()).isEqualTo(0x8899aabbccddeeffL);
        assertThat(record.loadedAt()).isEqualTo(LOADED_AT);
        assertThat(record.ageMillis()).isEqualTo(1000);
        assertThat(record.freshMillis()).isEqualTo(FRESH_UNTIL - LOADED_AT - 1000);
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
                .isEqualTo(RemoteRecord.lease(0x00065b8e95c06a01L, 3));
    }

    @Test
    void decode_nothing_isAbsent() {
        assertThat(RecordFormat.decode(null, 3, LOADED_AT)).isEqualTo(RemoteRecord.absent(3));
        assertThat(RecordFormat.decode(new byte[0], 3, LOADED_AT)).isEqualTo(RemoteRecord.absent(3));
    }

    @ParameterizedTest
    @CsvSource({"0, c2", "1, 03", "1, 00", "2, 01", "3, 02", "3, 04", "3, 08", "63, 01"})
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

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
