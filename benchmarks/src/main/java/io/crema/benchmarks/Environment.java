package io.crema.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What numbers depend on.
 *
 * @param load how many threads ran or waited to run in the minute before; numbers of a busy machine are worth less
 * @param heap of each measured JVM
 * @param flags of each measured JVM
 */
public record Environment(
        String os,
        String processor,
        int processors,
        double load,
        String jdk,
        String heap,
        List<String> flags,
        Map<String, String> versions) {

    private static final String VERSION_PREFIX = "bench.version.";

    /** Of JVMs with that heap and those flags. */
    public static Environment here(String redisVersion, String heap, List<String> flags) {
        OperatingSystemMXBean os = ManagementFactory.getOperatingSystemMXBean();
        Map<String, String> versions = new TreeMap<>(Map.of("redis", redisVersion));
        for (String property : System.getProperties().stringPropertyNames()) {
            if (property.startsWith(VERSION_PREFIX)) {
                versions.put(property.substring(VERSION_PREFIX.length()), System.getProperty(property));
            }
        }
        return new Environment(
                os.getName() + " " + os.getVersion() + " " + os.getArch(),
                cpuModel(),
                os.getAvailableProcessors(),
                os.getSystemLoadAverage(),
                System.getProperty("java.vm.name") + " " + Runtime.version() + ", " + System.getProperty("java.vendor"),
                heap,
                flags,
                versions);
    }

    /** Of the server at that address; "unknown" if it does not tell. */
    public static String redisVersion(String uri) {
        RedisClient client = RedisClient.create(uri);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return connection
                    .sync()
                    .info("server")
                    .lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    private static String cpuModel() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** The commit of the working directory, with a plus if there are changes; "unknown" outside a repository. */
    public static String commit() {
        String head = git("rev-parse", "HEAD");
        return head.isEmpty() ? "unknown" : git("status", "--porcelain").isEmpty() ? head : head + "+";
    }

    private static String git(String... arguments) {
        List<String> command =
                Stream.concat(Stream.of("git"), Stream.of(arguments)).toList();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? output.strip() : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
