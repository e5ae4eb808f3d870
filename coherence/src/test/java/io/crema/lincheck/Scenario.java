package io.crema.lincheck;

import io.crema.internal.engine.OpenEngine;
import io.crema.lincheck.Exploration.Outcome;
import io.crema.lincheck.Exploration.Racer;
import io.crema.lincheck.Instance.Stored;
import org.jspecify.annotations.Nullable;

/** What races with what. */
enum Scenario {
    /** A read of what was not there, against the invalidation of its key. */
    INSTALL_AND_INVALIDATION,
    /** The same where the read replaces an older entry of the key. */
    REPLACEMENT_AND_INVALIDATION,
    /** Two reads: the second takes the place of the first if that was detached, else it joins. */
    TWO_READS_AND_INVALIDATION,
    /** A hit, against an invalidation and the confirmation after it. */
    HIT_AND_CONFIRMATION,
    /** The same where not all partitions can be confirmed, only that of the keys. */
    HIT_AND_CONFIRMATION_OF_ITS_PARTITION,
    /** A hit, against a new connection that shows that a message was lost: the entry's key may have been written. */
    HIT_AND_RESYNCHRONISATION,
    /** The same where the next message shows the loss. */
    HIT_AND_GAP,
    /** A read that found its value before the key was written, against a new connection that shows the loss of a message. */
    INSTALL_AND_RESYNCHRONISATION,
    /** The same where the next message shows the loss. */
    INSTALL_AND_GAP,
    /** A hit and such an install at once, against a new connection. */
    INSTALL_AND_HIT_AND_RESYNCHRONISATION;

    static final String STALE = "served what was invalidated";

    /**
     * Runs once, with an instance of its own. Static, and no function is passed: Lincheck finds the classes that it has to
     * instrument by the calls that it sees, and does not see those of functions.
     *
     * @throws AssertionError if something was served that must not be
     */
    static Outcome run(Scenario scenario, Instance instance) {
        return switch (scenario) {
            case INSTALL_AND_INVALIDATION -> installAndInvalidation(instance);
            case REPLACEMENT_AND_INVALIDATION -> {
                instance.fetch("k");
                yield installAndInvalidation(instance);
            }
            case TWO_READS_AND_INVALIDATION -> twoReadsAndInvalidation(instance);
            case HIT_AND_CONFIRMATION -> hitAndConfirmation(instance);
            case HIT_AND_CONFIRMATION_OF_ITS_PARTITION -> {
                instance.engine.bus().leaveTags();
                yield hitAndConfirmation(instance);
            }
            case HIT_AND_RESYNCHRONISATION -> hitAndLoss(instance, new Resynchronise(instance));
            case HIT_AND_GAP -> hitAndLoss(instance, new Gap(instance));
            case INSTALL_AND_RESYNCHRONISATION -> installAndLoss(instance, new Resynchronise(instance));
            case INSTALL_AND_GAP -> installAndLoss(instance, new Gap(instance));
            case INSTALL_AND_HIT_AND_RESYNCHRONISATION -> installAndHitAndResynchronisation(instance);
        };
    }

    private static final class Fetch extends Racer {

        private final Instance instance;

        Fetch(Instance instance) {
            this.instance = instance;
        }

        @Override
        void race() {
            instance.fetch("k");
        }
    }

    /** Writes a key remotely, and applies the message that says so. */
    private static final class Invalidate extends Racer {

        private final Instance instance;

        /** What was served after the message had been applied. */
        @Nullable
        Integer seen;

        Invalidate(Instance instance) {
            this.instance = instance;
        }

        @Override
        void race() {
            instance.stored = new Stored(2, 6);
            instance.written("k", 6);
            seen = instance.hit("k");
        }
    }

    private static final class InvalidateAndConfirm extends Racer {

        private final Instance instance;

        InvalidateAndConfirm(Instance instance) {
            this.instance = instance;
        }

        @Override
        void race() {
            instance.written("k", 6);
            instance.confirm();
        }
    }

    /** Hits two keys. */
    private static final class Hits extends Racer {

        private final Instance instance;
        private final String second;

        boolean leased;

        @Nullable
        Integer seen;

        @Nullable
        Integer seenOfSecond;

        Hits(Instance instance, String second) {
            this.instance = instance;
            this.second = second;
        }

        @Override
        void race() {
            leased = instance.engine.near().leaseValid();
            seen = instance.hit("k");
            seenOfSecond = instance.hit(second);
        }
    }

    /** Installs what was found before, then hits it. */
    private static final class Install extends Racer {

        private final Instance instance;
        private final String key;
        private final OpenEngine.Read read;
        private final Stored found;

        boolean leased;

        @Nullable
        Integer seen;

        Install(Instance instance, String key) {
            this.instance = instance;
            this.key = key;
            this.read = instance.engine.begin(key);
            this.found = instance.stored;
        }

        @Override
        void race() {
            leased = instance.engine.near().leaseValid();
            instance.install(key, read, found);
            seen = instance.hit(key);
        }
    }

    private static final class Resynchronise extends Racer {

        private final Instance instance;

        Resynchronise(Instance instance) {
            this.instance = instance;
        }

        @Override
        void race() {
            instance.resynchronise(7);
        }
    }

    private static final class Gap extends Racer {

        private final Instance instance;

        Gap(Instance instance) {
            this.instance = instance;
        }

        @Override
        void race() {
            instance.gap("another", 8);
        }
    }

    private static Outcome installAndInvalidation(Instance instance) {
        Invalidate invalidate = new Invalidate(instance);
        Exploration.race(new Fetch(instance), invalidate);
        return outcome(instance, invalidate);
    }

    private static Outcome twoReadsAndInvalidation(Instance instance) {
        Invalidate invalidate = new Invalidate(instance);
        Exploration.race(new Fetch(instance), new Fetch(instance), invalidate);
        return outcome(instance, invalidate);
    }

    private static Outcome outcome(Instance instance, Invalidate invalidate) {
        requireNotStale(invalidate.seen);
        Integer last = instance.hit("k");
        requireNotStale(last);
        return last == null ? Outcome.EARLY : Outcome.LATE;
    }

    /**
     * The lease that the instance has is over, so that
     * whatever is served is so by this one.
     */
    private static Outcome hitAndConfirmation(Instance instance) {
        beforeConfirmation(instance);
        Hits hits = new Hits(instance, "other");
        Exploration.race(hits, new InvalidateAndConfirm(instance));
        requireNotStale(hits.seen);
        requireNotStale(instance.hit("k"));
        requireServed(instance.hit("other"), 1);
        return hits.seenOfSecond == null ? Outcome.EARLY : Outcome.LATE;
    }

    private static Outcome hitAndLoss(Instance instance, Racer notice) {
        beforeConfirmation(instance);
        instance.stored = new Stored(2, 7);
        Hits hits = new Hits(instance, "other");
        Exploration.race(hits, notice);
        requireNotStale(hits.seen);
        requireNotStale(hits.seenOfSecond);
        return afterLoss(instance, hits.leased);
    }

    private static Outcome installAndLoss(Instance instance, Racer notice) {
        beforeConfirmation(instance);
        Install install = new Install(instance, "late");
        instance.stored = new Stored(2, 7);
        Exploration.race(install, notice);
        requireNotStale(install.seen);
        return afterLoss(instance, install.leased);
    }

    private static Outcome installAndHitAndResynchronisation(Instance instance) {
        beforeConfirmation(instance);
        Install install = new Install(instance, "late");
        instance.stored = new Stored(2, 7);
        Hits hits = new Hits(instance, "late");
        Exploration.race(hits, new Resynchronise(instance), install);
        requireNotStale(hits.seen);
        requireNotStale(hits.seenOfSecond);
        requireNotStale(install.seen);
        return afterLoss(instance, hits.leased);
    }

    /** Nothing old is served; what is read now is. */
    private static Outcome afterLoss(Instance instance, boolean leased) {
        requireNotStale(instance.hit("k"));
        requireNotStale(instance.hit("late"));
        instance.fetch("k");
        requireServed(instance.hit("k"), 2);
        return leased ? Outcome.LATE : Outcome.EARLY;
    }

    /** Two keys are there, and the lease is over. */
    private static void beforeConfirmation(Instance instance) {
        instance.fetch("k");
        instance.fetch("other");
        requireServed(instance.hit("k"), 1);
        instance.engine.pass(2 * OpenEngine.WINDOW);
    }

    private static void requireNotStale(@Nullable Integer served) {
        if (served != null && served == 1) {
            throw new AssertionError(STALE);
        }
    }

    /** Else nothing was at stake. */
    private static void requireServed(@Nullable Integer served, int expected) {
        if (served == null || served != expected) {
            throw new AssertionError("served " + served + " instead of " + expected);
        }
    }
}
