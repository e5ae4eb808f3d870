package io.crema.examples.guide;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Measures all steps and prints their tables. {@code -Dguide.docs=docs/guide} also writes them into the pages there;
 * {@code -Dguide.chapter=3} measures only the chapters whose page begins so.
 */
public final class Guide {

    private static final String DOCS = "guide.docs";
    private static final String CHAPTER = "guide.chapter";

    private Guide() {}

    static List<Chapter> chapters() {
        return List.of(
                HotProduct.chapter(),
                ThreeInstances.chapter(),
                ExpiryStorm.chapter(),
                SlowDatabase.chapter(),
                DatabaseDown.chapter(),
                MissingRows.chapter(),
                LoaderKnows.chapter(),
                CategoryPage.chapter(),
                RedisAway.chapter(),
                Listening.chapter());
    }

    /** Takes no arguments; see above for the properties. */
    public static void main(String[] arguments) throws Exception {
        // The incidents are meant; what the libraries log of them would hide the tables.
        Logger.getLogger("").setLevel(Level.OFF);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        String docs = System.getProperty(DOCS, "");
        long begin = System.nanoTime();
        warmUp();
        for (Chapter chapter : Guide.chapters()) {
            if (!chapter.page().startsWith(System.getProperty(CHAPTER, ""))) {
                continue;
            }
            out.println("## " + chapter.page() + "\n");
            String table = measured(chapter, out);
            if (!docs.isEmpty()) {
                write(Path.of(docs), chapter, table);
            }
        }
        out.printf("%d s%n", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        System.exit(0);
    }

    /** Lets the JVM load and compile what the first step would wait for. */
    private static void warmUp() throws Exception {
        try (Shop shop = Shop.open(ThreeInstances.shared())) {
            new Load(shop, Demand.evenly(1, 200)).perSecond(2_000, Duration.ofSeconds(1));
        }
    }

    private static String measured(Chapter chapter, PrintStream out) throws Exception {
        StringBuilder table = new StringBuilder(Table.head(chapter));
        out.print(table);
        for (Step step : chapter.steps()) {
            String row = Table.row(chapter, step, step.measure());
            out.print(row);
            table.append(row);
        }
        out.println();
        return table.toString();
    }

    private static void write(Path docs, Chapter chapter, String table) throws IOException {
        Page.of(docs, chapter).write(table);
        Page.overview(docs, chapter).write(table);
    }
}
