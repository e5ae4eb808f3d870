package io.crema.scenarios;

import io.crema.benchmarks.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All that a run found out.
 *
 * @param passed whether all bars of all results were reached
 * @param environment its load is that of the minute before the last scenario
 */
record Report(
        boolean passed,
        String date,
        String commit,
        Environment environment,
        int instances,
        Settings.Mode policies,
        List<Result> results) {

    static Report of(Settings settings, String date, String commit, Environment environment, List<Result> results) {
        boolean passed = !results.isEmpty() && results.stream().allMatch(Result::passed);
        return new Report(
                passed, date, commit, environment, settings.instances(), settings.mode(), List.copyOf(results));
    }

    void write(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.writeString(file, Wire.REPORT.toJson(this) + "\n");
    }

    /** Each bar that was missed, and each scenario without a result, in one sentence. */
    String whatFailed() {
        List<String> failed = new ArrayList<>();
        for (Result result : results) {
            if (result.failure() != null) {
                failed.add(result.scenario() + " could not be played: " + result.failure());
            }
            for (Bar bar : result.bars()) {
                if (!bar.passed()) {
                    failed.add(result.scenario() + ", " + bar.what() + ": " + bar.measuredText() + " " + bar.unit()
                            + (bar.unit().isEmpty() ? "" : " ") + "where " + bar.limit() + " is asked for");
                }
            }
        }
        return String.join("; ", failed);
    }

    /** For people. */
    String table() {
        String format = "%-13s %-66s %12s %14s %-3s %s%n";
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%n" + format, "scenario", "bar", "limit", "measured", "", "result"));
        for (Result result : results) {
            for (Bar bar : result.bars()) {
                text.append(String.format(
                        Locale.ROOT,
                        format,
                        result.scenario(),
                        bar.what(),
                        bar.limit(),
                        bar.measuredText(),
                        bar.unit(),
                        bar.passed() ? "passed" : "FAILED"));
            }
            if (result.failure() != null) {
                text.append(
                        String.format(Locale.ROOT, format, result.scenario(), result.failure(), "", "", "", "FAILED"));
            }
        }
        return text.toString();
    }
}
