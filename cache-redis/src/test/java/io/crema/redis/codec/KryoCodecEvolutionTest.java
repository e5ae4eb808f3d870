package io.crema.redis.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.CodecException;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two versions of a class, compiled from source and loaded beside each other, as in a rolling deployment. */
final class KryoCodecEvolutionTest {

    private static final String V1 = "public record Item(long id, String name, java.util.List<Long> codes) {}";

    @TempDir
    private Path directory;

    private int versions;
    private final List<URLClassLoader> loaders = new ArrayList<>();

    @AfterEach
    void closeLoaders() throws IOException {
        for (URLClassLoader loader : loaders) {
            loader.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "public record Item(java.util.List<Long> codes, long id, String name) {}",
                "public record Item(long id, String name, java.util.List<Long> codes) { public int size() { return 0; } }",
                "public record Item(long id, String name, java.util.List<Long> codes) { static int counter; }"
            })
    void decode_sameFields_readsTheValue(String v2) throws Exception {
        Class<?> oldType = compile("Item", V1);
        Class<?> newType = compile("Item", v2);
        Object decoded = decode(newType, encode(oldType, item(oldType)));
        assertThat(decoded).isInstanceOf(newType);
        assertThat(newType.getMethod("id").invoke(decoded)).isEqualTo(7L);
        assertThat(newType.getMethod("name").invoke(decoded)).isEqualTo("tea");
        assertThat(newType.getMethod("codes").invoke(decoded)).isEqualTo(List.of(1L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "public record Item(long id, String name, java.util.List<Long> codes, int added) {}",
                "public record Item(long id, String name) {}",
                "public record Item(long id, String title, java.util.List<Long> codes) {}",
                "public record Item(int id, String name, java.util.List<Long> codes) {}",
                "public record Item(Long id, String name, java.util.List<Long> codes) {}",
                "public record Item(long id, String name, java.util.List<String> codes) {}",
                "public class Item { long id; String name; java.util.List<Long> codes; }",
                "public enum Item { A }"
            })
    void decode_otherFields_isAMissBothWays(String v2) throws Exception {
        Class<?> oldType = compile("Item", V1);
        Class<?> newType = compile("Item", v2);
        byte[] oldBytes = encode(oldType, item(oldType));
        assertThatThrownBy(() -> decode(newType, oldBytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("its fields were others");
        byte[] newBytes = encode(newType, instance(newType));
        assertThatThrownBy(() -> decode(oldType, newBytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("its fields were others");
    }

    @Test
    void decode_changedSuperclass_isAMiss() throws Exception {
        String own = "public class Item extends Base { int a; } class Base { int x; }";
        Class<?> oldType = compile("Item", own);
        Class<?> newType = compile("Item", own.replace("int x", "int x; int y"));
        byte[] bytes = encode(oldType, instance(oldType));
        assertThatThrownBy(() -> decode(newType, bytes)).isInstanceOf(CodecException.class);
    }

    @Test
    void decode_enumConstantsAddedAndReordered_readsTheSameConstant() throws Exception {
        Class<?> oldType = compile("Item", "public enum Item { A, B }");
        Class<?> newType = compile("Item", "public enum Item { C, B, A }");
        assertThat(decode(newType, encode(oldType, oldType.getEnumConstants()[0])))
                .hasToString("A");
        byte[] added = encode(newType, newType.getEnumConstants()[0]);
        assertThatThrownBy(() -> decode(oldType, added))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("has no constant C");
    }

    @Test
    void decode_transientFieldAdded_readsTheValue() throws Exception {
        Class<?> oldType = compile("Item", "public class Item { public int a = 5; }");
        Class<?> newType = compile("Item", "public class Item { transient String cached; public int a; }");
        Object decoded = decode(newType, encode(oldType, instance(oldType)));
        assertThat(newType.getField("a").get(decoded)).isEqualTo(5);
    }

    private static <V> byte[] encode(Class<V> type, Object value) {
        return KryoCodec.of(type).encode(type.cast(value), 10_000);
    }

    private static Object decode(Class<?> type, byte[] bytes) {
        return KryoCodec.of(type).decode(ByteBuffer.wrap(bytes));
    }

    private static Object item(Class<?> type) throws ReflectiveOperationException {
        return type.getConstructor(long.class, String.class, List.class).newInstance(7L, "tea", List.of(1L));
    }

    /** Any object of the type: a constant, or one made with zeros and nulls. */
    private static Object instance(Class<?> type) throws ReflectiveOperationException {
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        return constructor.newInstance(Stream.of(constructor.getParameterTypes())
                .map(parameter -> parameter == long.class ? (Object) 0L : parameter == int.class ? (Object) 0 : null)
                .toArray());
    }

    private Class<?> compile(String name, String source) throws IOException, ClassNotFoundException {
        Path version = Files.createDirectory(directory.resolve("v" + versions++));
        Path file = Files.writeString(version.resolve(name + ".java"), source);
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", file.toString());
        assertThat(result).as("compilation of %s", source).isZero();
        URLClassLoader loader = new URLClassLoader(new URL[] {version.toUri().toURL()}, null);
        loaders.add(loader);
        return loader.loadClass(name);
    }
}
