package io.crema.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The list of the field's behaviours names tests that exist. */
class FieldBehavioursDocumentTest {

    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    private static List<String> rows() throws IOException {
        return Files.readAllLines(Path.of("../docs/field-behaviours.md")).stream()
                .filter(line -> line.matches("\\| \\d+ .*"))
                .toList();
    }

    @Test
    void everyRow_namesATestThatExists_orSaysThatThereIsNothing() throws Exception {
        assertThat(rows()).hasSizeGreaterThan(40);
        for (String row : rows()) {
            Matcher tests = TEST.matcher(row);
            boolean named = false;
            while (tests.find()) {
                named = true;
                String method = tests.group(2);
                assertThat(Arrays.stream(classOf(tests.group(1)).getDeclaredMethods()))
                        .as(row)
                        .anyMatch(each -> each.getName().equals(method) && each.isAnnotationPresent(Test.class));
            }
            assertThat(named || row.contains("not here")).as(row).isTrue();
        }
    }

    private static Class<?> classOf(String name) throws ClassNotFoundException {
        try {
            return Class.forName("io.crema.loading." + name);
        } catch (ClassNotFoundException e) {
            return Class.forName("io.crema.scenario." + name);
        }
    }
}
