package io.crema.redis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.Invalidation;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {

    private static final String KEYS =
            "d101" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0002" + "0002" + "7341" + "0003" + "734242";

    private static final String CLEAR = "d102" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0000";

    @Test
    void decode_keys_readsEachField() {
        Message message = Message.decode(7, HexFormat.of().parseHex(KEYS));

        assertThat(message).isInstanceOf(Message.Keys.class);
        Invalidation invalidation = ((Message.Keys) message).invalidation();
        assertThat(invalidation.partition()).isEqualTo(7);
        assertThat(invalidation.kind()).isEqualTo(Invalidation.Kind.WRITTEN);
        assertThat(invalidation.stamp()).isEqualTo(0x00065b8e95c06a02L);
        assertThat(invalidation.serverMicros()).isEqualTo(0x00065b8e95c06a77L);
        assertThat(invalidation.count()).isEqualTo(2);
        assertThat(invalidation.keys()).containsExactly(bytes("7341"), bytes("734242"));
    }

    @Test
    void decode_expired_isThat() {
        Message message = Message.decode(7, bytes(KEYS.replaceFirst("d101", "d103")));

        assertThat(message).isInstanceOf(Message.Keys.class);
        Invalidation invalidation = ((Message.Keys) message).invalidation();
        assertThat(invalidation.kind()).isEqualTo(Invalidation.Kind.EXPIRED);
        assertThat(invalidation.keys()).containsExactly(bytes("7341"), bytes("734242"));
    }

    @Test
    void decode_jump_isThat() {
        assertThat(Message.decode(7, bytes(CLEAR.replaceFirst("d102", "d104")))).isEqualTo(new Message.Jump());
    }

    @Test
    void decode_clear_readsItsStamp() {
        assertThat(Message.decode(7, HexFormat.of().parseHex(CLEAR))).isEqualTo(new Message.Clear(0x00065b8e95c06a02L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "d1",
                "d2" + "01" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0001" + "0001" + "73",
                "d1" + "05" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0001" + "0001" + "73",
                "d1" + "00" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0000",
                "d1" + "03" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0000",
                "d1" + "04" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0001" + "0001" + "73",
                "d1" + "04" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0000" + "00",
                "d1" + "01" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0000",
                "d1" + "01" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0001",
                "d1" + "01" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0001" + "0002" + "73",
                "d1" + "01" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0001" + "0001" + "7373",
                "d1" + "02" + "00065b8e95c06a02" + "00065b8e95c06a77" + "0001"
            })
    void decode_anythingElse_isNull(String hex) {
        assertThat(Message.decode(7, bytes(hex))).isNull();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
