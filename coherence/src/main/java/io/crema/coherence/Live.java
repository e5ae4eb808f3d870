package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the instances all the time, by a thread of its own: prints a line every two seconds, and remembers when each
 * noticed that it may have missed messages. Thread-safe.
 */
final class Live implements AutoCloseable {

    private static final long LOOK_MILLIS = 50;
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int LOOKS_KEPT = 2_400;

    private final PrintStream out;
    private final long begun = System.nanoTime();
    private final Repeated looking;
    private final Deque<Look> looks = new ArrayDeque<>();
    private @Nullable Fleet fleet;
    private String where = "";
    private long lastLine = begun;
    private long readsBefore;
    private long writesBefore;

    /** The gaps that each instance had counted. */
    private record Look(long nanos, Map<String, Long> gaps) {}

    private Live(PrintStream out) {
        this.out = out;
        looking = Repeated.every(LOOK_MILLIS, "live", this::lookOnce);
    }

    /** Prints to the standard error stream, which stays open. */
    static Live onStandardError() {
        return new Live(System.err);
    }

    /** What is happening now. */
    synchronized void at(TopologyKind topology, String fault) {
        where = topology.name().toLowerCase(Locale.ROOT) + " " + fault;
    }

    /** Whom to look at; null = nobody. */
    synchronized void watch(@Nullable Fleet others) {
        fleet = others;
        looks.clear();
        readsBefore = 0;
        writesBefore = 0;
        lastLine = System.nanoTime();
    }

    /** A line of its own. */
    synchronized void say(String line) {
        out.printf("%s %s%n", clock(), line);
    }

    /**
     * How long after a time the last of the instances counted a gap for the first time; empty if one has not. As exact as
     * instances report, every 250 ms.
     */
    synchronized Optional<Long> noticedMillis(long since) {
        Look before = null;
        Map<String, Long> noticed = new HashMap<>();
        for (Look look : looks) {
            if (look.nanos - since <= 0) {
                before = look;
            } else if (before != null) {
                for (Map.Entry<String, Long> gaps : look.gaps.entrySet()) {
                    if (gaps.getValue() > before.gaps.getOrDefault(gaps.getKey(), Long.MAX_VALUE)) {
                        noticed.putIfAbsent(gaps.getKey(), look.nanos - since);
                    }
                }
            }
        }
        if (before == null || !noticed.keySet().containsAll(before.gaps.keySet())) {
            return Optional.empty();
        }
        return noticed.values().stream().max(Long::compare).map(TimeUnit.NANOSECONDS::toMillis);
    }

    private synchronized void lookOnce() {
        Fleet seen = fleet;
        if (seen == null) {
            return;
        }
        long now = System.nanoTime();
        Map<String, Long> gaps = new HashMap<>();
        for (Fleet.Member member : seen.members()) {
            gaps.put(member.process().name(), member.progress().counts().gaps());
        }
        looks.add(new Look(now, gaps));
        if (looks.size() > LOOKS_KEPT) {
            looks.remove();
        }
        if (now - lastLine >= LINE_NANOS) {
            line(seen.progress(), now);
        }
    }

    private void line(List<Progress> all, long now) {
        long reads = all.stream().mapToLong(Progress::reads).sum();
        long writes = all.stream().mapToLong(Progress::allWrites).sum();
        double seconds = (now - lastLine) / 1e9;
        out.printf(
                Locale.ROOT,
                "%s %-34s %,8.0f reads/s %,6.0f writes/s  failed %,d/%,d  owed %,d  gaps %,d  refused %,d%n",
                clock(),
                where,
                (reads - readsBefore) / seconds,
                (writes - writesBefore) / seconds,
                all.stream().mapToLong(Progress::readFailures).sum(),
                all.stream().mapToLong(Progress::writeFailures).sum(),
                all.stream().mapToLong(Progress::pending).sum(),
                all.stream().mapToLong(progress -> progress.counts().gaps()).sum(),
                all.stream()
                        .mapToLong(progress -> progress.counts().fillsRefused()
                                + progress.counts().installsRefused())
                        .sum());
        readsBefore = reads;
        writesBefore = writes;
        lastLine = now;
    }

    private String clock() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        return String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    @Override
    public void close() {
        looking.close();
    }
}
