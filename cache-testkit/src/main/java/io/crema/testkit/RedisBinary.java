package io.crema.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The redis-server program to run: the one on the PATH if it is new enough, else the one that a Maven artifact carries
 * for this system. Found once for each JVM.
 */
final class RedisBinary {

    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)");
    private static final String CARRIED = "/redis-server-7.0.15-";

    private static @Nullable String found;

    private RedisBinary() {}

    static synchronized String path() throws IOException {
        String known = found;
        if (known == null) {
            known = isRecentOnPath() ? "redis-server" : extract();
            found = known;
        }
        return known;
    }

    private static boolean isRecentOnPath() {
        try {
            Process process = new ProcessBuilder("redis-server", "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return isRecent(output);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** At least 6.2, the oldest version that Crema supports. */
    static boolean isRecent(String versionOutput) {
        Matcher version = VERSION.matcher(versionOutput);
        if (!version.find()) {
            return false;
        }
        int major = Integer.parseInt(version.group(1));
        int minor = Integer.parseInt(version.group(2));
        return major > 6 || major == 6 && minor >= 2;
    }

    private static String extract() throws IOException {
        String resource = CARRIED + system() + "-" + architecture();
        try (InputStream in = redis.embedded.Redis.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("There is no redis-server 6.2 or newer on the PATH, and none is carried for this"
                        + " system: " + resource + " is missing. Install redis-server.");
            }
            Path file = Files.createTempFile("crema-redis-server-", "");
            file.toFile().deleteOnExit();
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            if (!file.toFile().setExecutable(true)) {
                throw new IOException("Cannot make " + file + " executable");
            }
            return file.toString();
        }
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name.startsWith("linux") ? "linux" : name.replace(' ', '-');
    }

    private static String architecture() {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case "x86", "i386", "i686" -> "386";
            default -> name;
        };
    }
}
