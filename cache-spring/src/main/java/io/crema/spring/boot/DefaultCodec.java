package io.crema.spring.boot;

import io.crema.spi.Codec;

/**
 * How values of caches are written that nobody gave a codec.
 *
 * @param name what the start-up line calls it
 */
record DefaultCodec(Codec<Object> codec, String name) {

    @Override
    public String toString() {
        return name;
    }
}
