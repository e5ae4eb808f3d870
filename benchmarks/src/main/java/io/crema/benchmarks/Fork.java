package io.crema.benchmarks;

import io.crema.benchmarks.Suite.Competitor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What one JVM has measured.
 *
 * @param nanos the median of its iterations, per operation of a thread
 * @param bytes allocated per operation, by whatever thread
 */
record Fork(double nanos, double bytes) {

    static final List<String> JVM_FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC");

    /** Measures in a new JVM, of the JDK that runs this one. */
    static Fork run(Competitor competitor, int threads, Profile profile, String redisUri) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(competitor.type().getName().replace(".", "\\.") + "\\." + competitor.method() + "$")
                .jvmArgs(JVM_FLAGS.toArray(String[]::new))
                .jvmArgsAppend(quietly("-D" + Server.URI_PROPERTY + "=" + redisUri))
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
        return new Fork(Median.of(nanos), allocated.getScore());
    }

    /** Newer JVMs warn of what JMH and Netty use. */
    private static String[] quietly(String argument) {
        return Runtime.version().feature() < 24
                ? new String[] {argument}
                : new String[] {argument, "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"
                };
    }
}
