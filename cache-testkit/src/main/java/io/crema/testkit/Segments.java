package io.crema.testkit;

import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Time, cut where a window or a quiet time begins or ends: a read is counted once, in its segment, however many windows
 * hold it. Ends are distances ({@link Timebase}).
 */
final class Segments {

    /** A stretch of time between two neighbouring cuts. */
    static final class Segment {

        final long from;
        final long until;
        final Tally tally = new Tally();

        /** Whether any window asks for it. */
        private final boolean asked;

        /** When the latest of the quiet times that hold it began; {@link Long#MAX_VALUE} if none does. */
        private final long quietFrom;

        Segment(long from, long until, boolean asked, long quietFrom) {
            this.from = from;
            this.until = until;
            this.asked = asked;
            this.quietFrom = quietFrom;
        }

        boolean isQuiet() {
            return quietFrom != Long.MAX_VALUE;
        }

        long quietFrom() {
            return quietFrom;
        }

        private boolean isWithin(ReadWindow span) {
            return span.fromNanos() <= from && until <= span.untilNanos();
        }
    }

    private final List<Segment> segments;
    private final List<ReadWindow> quiet;
    private int last;

    /** Of windows and quiet times as distances. */
    Segments(Collection<ReadWindow> windows, List<ReadWindow> quiet) {
        long[] cuts = Stream.concat(windows.stream(), quiet.stream())
                .flatMapToLong(span -> LongStream.of(span.fromNanos(), span.untilNanos()))
                .sorted()
                .distinct()
                .toArray();
        this.quiet = quiet;
        this.segments = LongStream.range(0, cuts.length - 1L)
                .mapToObj(i -> segment(cuts[(int) i], cuts[(int) i + 1], windows))
                .toList();
    }

    private Segment segment(long from, long until, Collection<ReadWindow> windows) {
        Segment bare = new Segment(from, until, false, Long.MAX_VALUE);
        long quietFrom = quiet.stream()
                .filter(bare::isWithin)
                .mapToLong(ReadWindow::fromNanos)
                .max()
                .orElse(Long.MAX_VALUE);
        return new Segment(from, until, windows.stream().anyMatch(bare::isWithin), quietFrom);
    }

    /** The segment of a time; null if no window asks for it. */
    @Nullable
    Segment at(long time) {
        Segment segment = segments.get(last);
        if (time < segment.from || time >= segment.until) {
            int index = indexOf(time);
            if (index < 0) {
                return null;
            }
            last = index;
            segment = segments.get(index);
        }
        return segment.asked ? segment : null;
    }

    private int indexOf(long time) {
        int first = 0;
        int end = segments.size();
        while (first < end) {
            int middle = (first + end) >>> 1;
            if (segments.get(middle).until <= time) {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        return first < segments.size() && segments.get(first).from <= time ? first : -1;
    }

    /** All that was counted in a window. */
    Tally within(ReadWindow window) {
        Tally sum = new Tally();
        segments.stream().filter(segment -> segment.isWithin(window)).forEach(segment -> sum.add(segment.tally));
        return sum;
    }

    /** How many quiet times within a window hold no read that was checked. */
    int uncheckedQuiet(ReadWindow window) {
        return (int) quiet.stream()
                .filter(span -> window.fromNanos() <= span.fromNanos() && span.untilNanos() <= window.untilNanos())
                .filter(span -> within(span).quietReads == 0)
                .count();
    }
}
