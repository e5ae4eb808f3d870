package io.crema.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What each module makes public is written down in {@code architecture/api}, so that making something public, or taking
 * it away, is a change that a review sees. {@code mvn verify -Dgolden.update=true} writes the files anew.
 */
class PublicApiTest {

    private static final String UPDATE = "golden.update";

    enum Module {
        CORE("crema-core"),
        REDIS("crema-redis"),
        POSTGRES("crema-postgres"),
        SPRING("crema-spring-boot-starter"),
        TESTKIT("crema-testkit");

        private final String artifact;

        Module(String artifact) {
            this.artifact = artifact;
        }

        private boolean contains(JavaClass type) {
            return switch (this) {
                case CORE -> Modules.isCore(type);
                case REDIS -> Modules.isIn(type, "io.crema.redis");
                case POSTGRES -> Modules.isIn(type, "io.crema.postgres");
                case SPRING -> Modules.isIn(type, "io.crema.spring");
                case TESTKIT -> Modules.isIn(type, "io.crema.testkit");
            };
        }

        Path file() {
            return Path.of("api", artifact + ".txt");
        }

        String listing() {
            Stream<Class<?>> types = Modules.ALL.stream()
                    .filter(this::contains)
                    .filter(type ->
                            !Arrays.asList(type.getPackageName().split("\\.")).contains("internal"))
                    .filter(type -> !type.getSimpleName().equals("package-info"))
                    .map(JavaClass::reflect);
            return ApiListing.of(types);
        }
    }

    @ParameterizedTest
    @EnumSource
    void publicTypes_ofModule_areTheListedOnes(Module module) throws IOException {
        String actual = module.listing();
        if (Boolean.getBoolean(UPDATE)) {
            Files.createDirectories(module.file().getParent());
            Files.writeString(module.file(), actual);
        }
        String expected = Files.readString(module.file()).replace("\r\n", "\n");

        assertThat(difference(expected, actual))
                .as(
                        "The public API of %s is not what architecture/%s says. If that is meant, write it anew with"
                                + " \"mvn verify -D%s=true\" and commit the file.",
                        module.artifact, module.file(), UPDATE)
                .isEmpty();
    }

    @Test
    void listing_ofThisTestsFixture_showsWhatUsersSeeAndNothingElse() {
        String listing = ApiListing.of(Stream.of(Fixture.class, Fixture.Shape.class, Fixture.Hidden.class));

        assertThat(listing).isEqualTo("""
                        public abstract class io.crema.architecture.Fixture<T extends Comparable<T>> implements java.util.function.Supplier<@Nullable T>
                            protected new(@Nullable String...)
                            protected abstract java.util.List<? super T> all(T, byte[] @Nullable []) throws java.io.IOException
                            public @Nullable T get()
                            public static <K extends Runnable> java.util.Map<K, ?> none()

                        protected record io.crema.architecture.Fixture$Shape(int width)
                            public int doubled()
                        """);
    }

    /** The lines that one of two texts has and the other has not, each with the type it belongs to. */
    private static List<String> difference(String expected, String actual) {
        List<String> before = qualified(expected);
        List<String> after = qualified(actual);
        Stream<String> gone =
                before.stream().filter(line -> !after.contains(line)).map(line -> "- " + line);
        Stream<String> added =
                after.stream().filter(line -> !before.contains(line)).map(line -> "+ " + line);
        return Stream.concat(gone, added).toList();
    }

    private static List<String> qualified(String listing) {
        String[] type = {""};
        return listing.lines()
                .filter(line -> !line.isBlank())
                .map(line -> {
                    if (!line.startsWith(" ")) {
                        type[0] = line;
                        return line;
                    }
                    return type[0] + " :: " + line.strip();
                })
                .toList();
    }
}
