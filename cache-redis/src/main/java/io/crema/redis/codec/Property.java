package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * One field of a registered class: primitives as they are, anything else with its class, so that what is read is
 * checked against the field's type and a nested class of another shape is noticed.
 */
final class Property {

    private final Field field;
    private final Kind kind;
    private final MethodHandle getter;

    /** The field must have been made accessible. */
    Property(Field field) throws IllegalAccessException {
        this.field = field;
        this.kind = Kind.of(field.getType());
        Class<?> read = kind == Kind.OBJECT ? Object.class : field.getType();
        this.getter = MethodHandles.lookup().unreflectGetter(field).asType(MethodType.methodType(read, Object.class));
    }

    String name() {
        return field.getName();
    }

    /** Sets the field of an object, the first argument, to the second: a primitive, or an object of any type. */
    MethodHandle setter() throws IllegalAccessException {
        Class<?> written = getter.type().returnType();
        return MethodHandles.lookup()
                .unreflectSetter(field)
                .asType(MethodType.methodType(void.class, Object.class, written));
    }

    void write(Kryo kryo, PayloadOutput out, Object owner) throws Throwable {
        switch (kind) {
            case BOOLEAN -> out.writeBoolean((boolean) getter.invokeExact(owner));
            case BYTE -> out.writeByte((byte) getter.invokeExact(owner));
            case CHAR -> out.writeChar((char) getter.invokeExact(owner));
            case SHORT -> out.writeShort((short) getter.invokeExact(owner));
            case INT -> out.writeVarInt((int) getter.invokeExact(owner), false);
            case LONG -> out.writeVarLong((long) getter.invokeExact(owner), false);
            case FLOAT -> out.writeFloat((float) getter.invokeExact(owner));
            case DOUBLE -> out.writeDouble((double) getter.invokeExact(owner));
            case OBJECT -> kryo.writeClassAndObject(out, (Object) getter.invokeExact(owner));
        }
    }

    @Nullable
    Object read(Kryo kryo, PayloadInput in) {
        return switch (kind) {
            case BOOLEAN -> in.readBoolean();
            case BYTE -> in.readByte();
            case CHAR -> in.readChar();
            case SHORT -> in.readShort();
            case INT -> in.readVarInt(false);
            case LONG -> in.readVarLong(false);
            case FLOAT -> in.readFloat();
            case DOUBLE -> in.readDouble();
            case OBJECT -> kryo.readClassAndObject(in);
        };
    }

    void readInto(Object owner, MethodHandle setter, Kryo kryo, PayloadInput in) throws Throwable {
        switch (kind) {
            case BOOLEAN -> setter.invokeExact(owner, in.readBoolean());
            case BYTE -> setter.invokeExact(owner, in.readByte());
            case CHAR -> setter.invokeExact(owner, in.readChar());
            case SHORT -> setter.invokeExact(owner, in.readShort());
            case INT -> setter.invokeExact(owner, in.readVarInt(false));
            case LONG -> setter.invokeExact(owner, in.readVarLong(false));
            case FLOAT -> setter.invokeExact(owner, in.readFloat());
            case DOUBLE -> setter.invokeExact(owner, in.readDouble());
            case OBJECT -> setter.invokeExact(owner, kryo.readClassAndObject(in));
        }
    }

    private enum Kind {
        BOOLEAN,
        BYTE,
        CHAR,
        SHORT,
        INT,
        LONG,
        FLOAT,
        DOUBLE,
        OBJECT;

        static Kind of(Class<?> type) {
            return switch (type.getName()) {
                case "boolean" -> BOOLEAN;
                case "byte" -> BYTE;
                case "char" -> CHAR;
                case "short" -> SHORT;
                case "int" -> INT;
                case "long" -> LONG;
                case "float" -> FLOAT;
                case "double" -> DOUBLE;
                default -> OBJECT;
            };
        }
    }
}
