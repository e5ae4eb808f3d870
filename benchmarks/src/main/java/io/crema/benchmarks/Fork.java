package io.crema.benchmarks;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.crema.benchmarks.Competitor.Method;
import io.crema.benchmarks.Competitor.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * What one JVM has measured.
 *
 * @param figures at least one; a time is the median of the JVM's iterations, a percentile that of all its calls
 * @param bytes allocated per operation, by whatever thread; null where that says nothing
 */
record Fork(Map<Figure, Double> figures, @Nullable Double bytes) {

    static final List<String> JVM_FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC");
    private static final double NANOS_PER_MICRO = 1_000;

    Fork(double nanos, double bytes) {
        this(Map.of(Figure.TIME, nanos), bytes);
    }

    /** Measures in a new JVM, of the JDK that runs this one. */
    static Fork run(Competitor competitor, int threads, Profile profile, Servers servers) throws RunnerException {
        if (competitor.way() instanceof Method method) {
            return run(method, threads, profile, servers);
        } else if (competitor.way() instanceof Program program) {
            return run(program, threads, profile, servers);
        }
        throw new IllegalArgumentException("Nobody knows how to run " + competitor);
    }

    double figure(Figure figure) {
        return Objects.requireNonNull(figures.get(figure), () -> figure + " is not among " + figures);
    }

    /** For people. */
    String text() {
        StringBuilder text = new StringBuilder();
        figures.forEach((figure, value) ->
                text.append(String.format(Locale.ROOT, "  %s %.1f %s", figure.label, value, figure.unit)));
        if (bytes != null) {
            text.append(String.format(Locale.ROOT, "  %.1f B/op", bytes));
        }
        return text.toString();
    }

    private static Fork run(Method competitor, int threads, Profile profile, Servers servers) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(competitor.type().getName().replace(".", "\\.") + "\\." + competitor.method() + "$")
                .jvmArgs(JVM_FLAGS.toArray(String[]::new))
                .jvmArgsAppend(quietly(servers.properties()))
                .threads(threads)
                .forks(1)
                .warmupIterations(profile.warmups)
                .warmupTime(TimeValue.milliseconds(profile.warmupMillis))
                .measurementIterations(profile.measurements)
                .measurementTime(TimeValue.milliseconds(profile.measurementMillis))
                .timeUnit(TimeUnit.NANOSECONDS)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        RunResult result = new Runner(options).runSingle();
        double[] nanos = result.getAggregatedResult().getIterationResults().stream()
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .toArray();
        Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
        if (allocated == null) {
            throw new IllegalStateException("JMH did not say what was allocated: "
                    + result.getSecondaryResults().keySet());
        }
        // Between single shots much is prepared, which the profiler counts.
        boolean counted = result.getParams().getMode() != Mode.SingleShotTime;
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.TIME, Median.of(nanos));
        if (result.getParams().getMode() == Mode.SampleTime) {
            Statistics all = result.getPrimaryResult().getStatistics();
            figures.put(Figure.P50, all.getPercentile(50) / NANOS_PER_MICRO);
            figures.put(Figure.P99, all.getPercentile(99) / NANOS_PER_MICRO);
        }
        return new Fork(figures, counted ? allocated.getScore() : null);
    }

    private static Fork run(Program program, int threads, Profile profile, Servers servers) throws RunnerException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(List.of(quietly(servers.properties())));
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), ProbeMain.class.getName()));
        command.addAll(
                List.of(program.type().getName(), String.valueOf(profile.probeSeconds), String.valueOf(threads)));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new RunnerException(output.strip());
            }
            String result = output.lines()
                    .filter(line -> line.startsWith(ProbeMain.RESULT))
                    .findFirst()
                    .orElseThrow(() -> new RunnerException("No figures were printed: " + output.strip()));
            Map<Figure, Double> figures = new Gson()
                    .fromJson(result.substring(ProbeMain.RESULT.length()), new TypeToken<Map<Figure, Double>>() {});
            return new Fork(new TreeMap<>(figures), null);
        } catch (IOException e) {
            throw new RunnerException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunnerException(e);
        }
    }

    /** Newer JVMs warn of what JMH and Netty use. */
    private static String[] quietly(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        if (Runtime.version().feature() >= 24) {
            all.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        return all.toArray(String[]::new);
    }
}
