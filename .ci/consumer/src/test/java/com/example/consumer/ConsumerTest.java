package com.example.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.crema.spi.KeyCodec;
import org.junit.jupiter.api.Test;

/** Compiles and runs against the published artifacts. */
class ConsumerTest {

    @Test
    void keyCodec_ofPublishedCore_roundTrips() {
        KeyCodec<Long> codec = KeyCodec.standard();

        assertEquals(42L, codec.decode(codec.encode(42L)));
    }
}
