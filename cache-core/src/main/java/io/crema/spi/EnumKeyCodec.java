package io.crema.spi;

import java.nio.charset.StandardCharsets;

/** The constant's name in UTF-8: it survives a reordering of the constants, which the ordinal would not. */
final class EnumKeyCodec<E extends Enum<E>> implements KeyCodec<E> {

    private final Class<E> type;

    EnumKeyCodec(Class<E> type) {
        if (!type.isEnum()) {
            throw new IllegalArgumentException(type.getName() + " is not an enum");
        }
        this.type = type;
    }

    @Override
    public String format() {
        return "enum-1:" + type.getName();
    }

    @Override
    public byte[] encode(E key) {
        return key.name().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public E decode(byte[] bytes) {
        String name = new String(bytes, StandardCharsets.UTF_8);
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            throw new CodecException(type.getName() + " has no constant " + name, e);
        }
    }
}
