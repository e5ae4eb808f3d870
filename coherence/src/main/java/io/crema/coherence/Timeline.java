package io.crema.coherence;

import io.crema.testkit.ReadWindow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/** What happened when, in times of {@link System#nanoTime()}. For the one thread that leads the run. */
final class Timeline {

    /** The time from the first reads to the first fault. */
    static final String START = "start";

    private final List<Slot> slots = new ArrayList<>();
    private final List<ReadWindow> quiet = new ArrayList<>();
    private long end;

    /** When the clock of an instance that was stopped may not have been set again. */
    record ClockWindow(Path history, ReadWindow window) {}

    /** When what was acknowledged of some keys may have been lost. */
    record Loss(ReadWindow window, LongPredicate keys) {}

    /** A time in which one fault happened: a healthy while before it, the fault, and what came after it. */
    static final class Slot {

        private final String fault;
        private final long begin;
        private long injected;
        private final List<String> notes = new ArrayList<>();
        private final List<String> missing = new ArrayList<>();
        private final List<Loss> losses = new ArrayList<>();
        private final List<ClockWindow> clockWindows = new ArrayList<>();
        private final Figures figures = new Figures();

        private Slot(String fault, long begin) {
            this.fault = fault;
            this.begin = begin;
        }

        String fault() {
            return fault;
        }

        long begin() {
            return begin;
        }

        long injected() {
            return injected;
        }

        /** The fault begins now; again, if something had to be waited for. */
        void inject() {
            injected = System.nanoTime();
        }

        void heal() {
            figures.heldMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - injected);
        }

        /** What is known of this occurrence. */
        Figures figures() {
            return figures;
        }

        /** What chance chose, for who repeats it. */
        void note(String text) {
            notes.add(text);
        }

        List<String> notes() {
            return notes;
        }

        /** What shows that the fault happened; without any of it, it did not. */
        void evidence(String what, long count) {
            note(count + " " + what);
            if (count == 0) {
                didNotHappen("no " + what);
            }
        }

        void didNotHappen(String why) {
            missing.add(why);
        }

        /** Why the fault did not happen; empty if nothing says so. */
        List<String> missing() {
            return missing;
        }

        /** Reads of that instance that begin then are counted apart. */
        void excuseClock(Path history, long from, long until) {
            clockWindows.add(new ClockWindow(history, new ReadWindow(from, until)));
        }

        /** What was acknowledged then of those keys may have been lost, and counts as acknowledged at the end. */
        void excuseLoss(long from, long until, LongPredicate keys) {
            figures.lossWindowMillis.add(TimeUnit.NANOSECONDS.toMillis(until - from));
            losses.add(new Loss(new ReadWindow(from, until), keys));
        }

        List<Loss> losses() {
            return losses;
        }

        List<ClockWindow> clockWindows() {
            return clockWindows;
        }
    }

    /** Ends the slot before. */
    Slot begin(String fault) {
        Slot slot = new Slot(fault, System.nanoTime());
        slots.add(slot);
        return slot;
    }

    void end() {
        end = System.nanoTime();
    }

    /** All instances read every key then, nothing was written, and nothing that is owed was young. */
    void quiet(long from, long until) {
        quiet.add(new ReadWindow(from, until));
    }

    List<Slot> slots() {
        return slots;
    }

    List<ReadWindow> quiet() {
        return quiet;
    }

    /** Where the bound counts from for what was lost latest. */
    long lastLoss(long otherwise) {
        return slots.stream()
                .flatMap(slot -> slot.losses.stream())
                .mapToLong(loss -> loss.window.untilNanos())
                .reduce(otherwise, (one, other) -> one - other > 0 ? one : other);
    }

    /** The name of a slot's window. */
    String name(int slot) {
        return slot + " " + slots.get(slot).fault;
    }

    /** For each slot the time from its begin to that of the next: every read is in one. */
    Map<String, ReadWindow> windows() {
        Map<String, ReadWindow> windows = new LinkedHashMap<>();
        for (int i = 0; i < slots.size(); i++) {
            long until = i + 1 < slots.size() ? slots.get(i + 1).begin : end;
            windows.put(name(i), new ReadWindow(slots.get(i).begin, until));
        }
        return windows;
    }
}
