package io.crema.examples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows code that compiles. */
class ReadmeTest {

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void javaBlocks_readme_standInTheExample() throws IOException {
        String example =
                squeezed(Files.readString(Path.of("src/main/java/io/crema/examples/readme/ProductService.java")));
        Matcher blocks = JAVA_BLOCK.matcher(Files.readString(Path.of("../../README.md")));
        int found = 0;
        while (blocks.find()) {
            found++;
            assertThat(example).contains(squeezed(blocks.group(1)));
        }
        assertThat(found).isPositive();
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
