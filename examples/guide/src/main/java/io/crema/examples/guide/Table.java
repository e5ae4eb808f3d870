package io.crema.examples.guide;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of a chapter as a table in Markdown. */
final class Table {

    private Table() {}

    static String head(Chapter chapter) {
        List<String> titles = new ArrayList<>(List.of("step", "reads", "queries", "p50, ms", "p99, ms", "failed"));
        chapter.columns().forEach(column -> titles.add(column.title()));
        return line(titles) + "|---|" + "---:|".repeat(titles.size() - 1) + "\n";
    }

    static String row(Chapter chapter, Step step, Figures figures) {
        List<String> cells = new ArrayList<>(List.of(
                step.name(),
                Chapter.count(figures.reads()),
                Chapter.count(figures.queries()),
                millis(figures.latencies().millis(0.5)),
                millis(figures.latencies().millis(0.99)),
                Chapter.count(figures.failed())));
        chapter.columns().forEach(column -> cells.add(column.cell().apply(figures)));
        return line(cells);
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String millis(double millis) {
        return Double.isNaN(millis) ? "-" : String.format(Locale.ROOT, millis < 10 ? "%.1f" : "%,.0f", millis);
    }
}
