package io.crema.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whose clock the times of a history are, and how it stood to the wall clock when the history began.
 *
 * @param host which machine, since when it runs where that is known: two that differ have no clock in common
 * @param nanos {@link System#nanoTime()}
 * @param wallMillis {@link System#currentTimeMillis()}, at the same moment
 */
record HostClock(String host, long nanos, long wallMillis) {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String HOST = thisHost();
    private static final long NANOS_PER_MILLI = 1_000_000;

    static HostClock now() {
        return new HostClock(HOST, System.nanoTime(), System.currentTimeMillis());
    }

    private static String thisHost() {
        try {
            return "boot " + Files.readString(BOOT_ID).strip();
        } catch (IOException noLinux) {
            return "host " + name();
        }
    }

    private static String name() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /** By how much the wall clock and this clock moved apart from one history to the other, in milliseconds. */
    long driftMillis(HostClock other) {
        long nanos = (wallMillis - other.wallMillis) * NANOS_PER_MILLI - (this.nanos - other.nanos);
        return Math.abs(nanos / NANOS_PER_MILLI);
    }
}
