package io.crema.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What happened in a run: always as a hash, which says whether two runs are the same; in words if asked for. */
final class Trace {

    /** What concerns no key, or all. */
    static final int NO_KEY = -1;

    private final @Nullable List<Event> events;
    private long hash = 0x9e3779b97f4a7c15L;
    private long count;
    private boolean ended;

    private record Event(long time, int instance, int key, String what, long number) {}

    private Trace(@Nullable List<Event> events) {
        this.events = events;
    }

    static Trace hashOnly() {
        return new Trace(null);
    }

    static Trace inWords() {
        return new Trace(new ArrayList<>());
    }

    /** Nothing is noted from now on. */
    void end() {
        ended = true;
    }

    void note(long time, int instance, int key, String what, long number) {
        if (ended) {
            return;
        }
        count++;
        mix(time);
        mix(31L * instance + key);
        mix(what.hashCode());
        mix(number);
        if (events != null) {
            events.add(new Event(time, instance, key, what, number));
        }
    }

    private void mix(long value) {
        hash = (hash ^ value) * 0xbf58476d1ce4e5b9L;
        hash ^= hash >>> 29;
    }

    long hash() {
        return hash;
    }

    long count() {
        return count;
    }

    /** The last events that concern a key, or all. */
    String about(int key, int most) {
        if (events == null) {
            return "";
        }
        List<Event> chosen = events.stream()
                .filter(event -> event.key == key || event.key == NO_KEY)
                .toList();
        StringBuilder lines = new StringBuilder();
        for (Event event : chosen.subList(Math.max(0, chosen.size() - most), chosen.size())) {
            lines.append(String.format(
                    Locale.ROOT,
                    "%12.6f ms  instance %2d  key %2d  %-28s %d%n",
                    event.time / 1e6,
                    event.instance,
                    event.key,
                    event.what,
                    event.number));
        }
        return lines.toString();
    }
}
