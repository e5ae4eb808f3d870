package io.crema.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide shows code that compiles and tables of the steps that there are. */
class PagesTest {

    private static final Path DOCS = Path.of("../../docs/guide");
    private static final Path SOURCES = Path.of("src/main/java/io/crema/examples/guide");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(#[^)]*)?\\)");

    @Test
    void javaBlocks_allPages_standInTheProgram() {
        List<String> sources = files(SOURCES, ".java")
                .map(PagesTest::text)
                .map(PagesTest::squeezed)
                .toList();
        List<String> unknown = pages().flatMap(page -> found(JAVA_BLOCK, text(page)))
                .map(PagesTest::squeezed)
                .filter(block -> sources.stream().noneMatch(source -> source.contains(block)))
                .toList();
        assertThat(unknown).isEmpty();
    }

    @Test
    void javaBlocks_eachChapter_thereIsOne() {
        for (Chapter chapter : Guide.chapters()) {
            assertThat(found(JAVA_BLOCK, text(DOCS.resolve(chapter.page() + ".md"))))
                    .as(chapter.page())
                    .isNotEmpty();
        }
    }

    @Test
    void tables_eachChapter_haveTheStepsOfTheProgram() throws IOException {
        for (Chapter chapter : Guide.chapters()) {
            String table = Page.of(DOCS, chapter).read();
            assertThat(table).as(chapter.page()).startsWith(Table.head(chapter));
            assertThat(firstCells(table))
                    .as(chapter.page())
                    .containsExactlyElementsOf(
                            chapter.steps().stream().map(Step::name).toList());
            assertThat(Page.overview(DOCS, chapter).read())
                    .as("the overview's copy of " + chapter.page())
                    .isEqualTo(table);
        }
    }

    @Test
    void links_allPages_leadToFiles() {
        List<String> broken = pages().flatMap(page -> found(LINK, text(page))
                        .filter(link -> !link.startsWith("https:"))
                        .filter(link -> !Files.exists(DOCS.resolve(link)))
                        .map(link -> page.getFileName() + ": " + link))
                .toList();
        assertThat(broken).isEmpty();
    }

    private static List<String> firstCells(String table) {
        List<String> cells = new ArrayList<>();
        table.lines().skip(2).forEach(line -> cells.add(line.split("\\|")[1].strip()));
        return cells;
    }

    private static Stream<Path> pages() {
        return files(DOCS, ".md");
    }

    private static Stream<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult result) -> result.group(1));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
