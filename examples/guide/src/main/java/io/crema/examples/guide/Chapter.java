package io.crema.examples.guide;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One page of the guide.
 *
 * @param page the name of its file, without the ending
 * @param columns what its table has besides what all have
 */
record Chapter(String page, List<Column> columns, List<Step> steps) {

    /** A column of one chapter's table. */
    record Column(String title, Function<Figures, String> cell) {}

    static Chapter of(String page, Step... steps) {
        return new Chapter(page, List.of(), List.of(steps));
    }

    Chapter with(String title, Function<Figures, String> cell) {
        return new Chapter(
                page,
                Stream.concat(columns.stream(), Stream.of(new Column(title, cell)))
                        .toList(),
                steps);
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
