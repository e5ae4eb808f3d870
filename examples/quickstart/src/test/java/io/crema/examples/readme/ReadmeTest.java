package io.crema.examples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README and what it leads to show code that compiles. */
class ReadmeTest {

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/operations.md"})
    void javaBlocks_standInAnExample(String document) throws IOException {
        List<String> examples = examples();
        Matcher blocks = JAVA_BLOCK.matcher(Files.readString(Path.of("../..", document)));
        int found = 0;
        while (blocks.find()) {
            found++;
            String block = squeezed(blocks.group(1));
            assertThat(examples).anySatisfy(example -> assertThat(example).contains(block));
        }
        assertThat(found).isPositive();
    }

    private static List<String> examples() throws IOException {
        List<String> examples = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(Path.of("src/main/java/io/crema/examples/readme"), "*.java")) {
            for (Path file : files) {
                examples.add(squeezed(Files.readString(file)));
            }
        }
        return examples;
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
