package io.crema.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An entry with two tags that only its loader knows, the tags in their own partition. "c0 before the origin is read; after it a version whose
 * stamp is above c0, or a c0 of another history, means return and do not cache; equality compares stamp and token; a tag's message detaches
 * every read flight that carries the tag or does not know its tags yet." The versions are fetched one by one. One instance, tag
 * invalidations by others, in one setup a failover of the tag partition that loses some; the loss is made good by a replay.
 */
final class TagTest {
    enum Setup {
        STEADY,
        FAILOVER
    }

    enum Mutant {
        CLOCK_READ_AFTER_THE_ORIGIN(Setup.STEADY),
        CLOCK_NOT_COMPARED(Setup.STEADY),
        SECOND_TAG_NOT_COMPARED(Setup.STEADY),
        L2_NOT_VALIDATED(Setup.STEADY),
        VALIDATES_FIRST_TAG_ONLY(Setup.STEADY),
        MESSAGE_DETACHES_NOTHING(Setup.STEADY),
        MESSAGE_DETACHES_KNOWN_TAGS_ONLY(Setup.STEADY),
        NO_TOKEN(Setup.FAILOVER),
        CLOCK_OF_ANOTHER_HISTORY(Setup.FAILOVER),
        KEEPS_GENERATION(Setup.FAILOVER),
        NO_REPLAY(Setup.FAILOVER);

        final Setup setup;

        Mutant(Setup setup) {
            this.setup = setup;
        }
    }

    @ParameterizedTest
    @EnumSource(Setup.class)
    void tags_rulesRight_hold(Setup setup) {
        Explorer.assertHolds(new World(setup, EnumSet.noneOf(Mutant.class)), 5_000);
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void tags_mutant_isCaught(Mutant mutant) {
        Explorer.assertCaught(new World(mutant.setup, EnumSet.of(mutant)));
    }

    /** The version of a tag: token 0 in a local object is "unknown", of another history never equal. */
    record Version(int stamp, int token) {}

    record Entry(int version, Version first, Version second) {
        Version tag(int t) {
            return t == 0 ? first : second;
        }
    }

    enum Phase {
        LEASED,
        LOADED,
        VALIDATING,
        READY
    }

    static final class Flight extends Cell {
        Phase phase = Phase.LEASED;
        int version;
        int clock;
        int history;
        /** The versions fetched so far. */
        int known;

        boolean detached;
        boolean current = true;
        /** What the readers that joined require. */
        int required;

        Entry entry = NONE;
    }

    /** What the instance holds of a tag: its version, and whether the generation is the one it was fetched under. */
    static final class Tag extends Cell {
        Version version = new Version(0, 0);
        boolean current;
    }

    private static final Version ZERO = new Version(0, 1);
    private static final Entry NONE = new Entry(-1, ZERO, ZERO);

    static final class World extends Model<World> {
        final transient Setup setup;
        final transient Set<Mutant> mutants;
        final Tag[] locals = {new Tag(), new Tag()};
        int origin;
        int clock;
        int tokens = 1;
        int settled;
        int acknowledged;
        int pending = -1;
        Version first = ZERO;
        Version second = ZERO;
        Entry l2 = NONE;
        Entry l1 = NONE;
        /** Messages: the stamp, times two plus the tag. */
        List<Integer> queue = List.of();

        int confirmed;
        int loads;
        boolean flying;
        Flight flight = new Flight();
        /** 0 none, 1 the snapshot is taken, 2 promoted, 3 noticed by the instance, 4 replayed by another one that knew. */
        int failover;

        int history;
        int snapshotClock;
        int snapshotSettled;
        Version snapshotFirst = ZERO;
        Version snapshotSecond = ZERO;

        World(Setup setup, Set<Mutant> mutants) {
            this.setup = setup;
            this.mutants = mutants;
        }

        boolean is(Mutant mutant) {
            return mutants.contains(mutant);
        }

        Tag local(int t) {
            return locals[t];
        }

        Version remote(int t) {
            return t == 0 ? first : second;
        }

        boolean same(Version a, Version b) {
            return a.stamp == b.stamp && (a.token == b.token || is(Mutant.NO_TOKEN));
        }

        @Override
        void steps(Steps<World> out) {
            if (pending < 0 && origin < (setup == Setup.STEADY ? 3 : 2)) {
                for (int t = 0; t < 2; t++) {
                    int tag = t;
                    out.step("commit, to invalidate tag " + t, w -> {
                        w.origin++;
                        w.pending = tag;
                    });
                }
            } else if (pending >= 0) {
                out.step("invalidate tag", w -> {
                    w.invalidate(w.pending);
                    w.settled = w.origin;
                    w.acknowledged = w.origin;
                    w.pending = -1;
                });
            }
            if (!queue.isEmpty()) {
                out.step("deliver", World::deliver);
            } else if (confirmed != settled && failover != 2) {
                out.step("confirm", w -> w.confirmed = w.settled);
            }
            if (setup == Setup.FAILOVER) {
                failoverSteps(out);
            }
            readSteps(out);
        }

        private void invalidate(int tag) {
            clock++;
            Version version = new Version(clock, ++tokens);
            first = tag == 0 ? version : first;
            second = tag == 1 ? version : second;
            if (failover != 2) {
                List<Integer> more = new ArrayList<>(queue);
                more.add(clock * 2 + tag);
                queue = List.copyOf(more);
            }
        }

        private void deliver() {
            int tag = queue.get(0) & 1;
            int stamp = queue.get(0) >> 1;
            queue = List.copyOf(queue.subList(1, queue.size()));
            if (local(tag).version.stamp < stamp) {
                local(tag).version = new Version(stamp, 0);
                local(tag).current = false;
            }
            boolean concerns = flight.known > tag || !is(Mutant.MESSAGE_DETACHES_KNOWN_TAGS_ONLY);
            flight.detached |= flying && concerns && !is(Mutant.MESSAGE_DETACHES_NOTHING);
        }

        private void failoverSteps(Steps<World> out) {
            switch (failover) {
                case 0 ->
                    out.step("replicate for the last time", w -> {
                        w.failover = 1;
                        w.snapshotClock = w.clock;
                        w.snapshotSettled = w.settled;
                        w.snapshotFirst = w.first;
                        w.snapshotSecond = w.second;
                    });
                case 1 ->
                    out.step("promote", w -> {
                        w.failover = 2;
                        w.clock = w.snapshotClock;
                        w.settled = w.snapshotSettled;
                        w.first = w.snapshotFirst;
                        w.second = w.snapshotSecond;
                        w.queue = List.of();
                        w.confirmed = 0;
                        w.flight.required = 0; // reads that began before the promotion are not covered
                        w.history = 1;
                    });
                case 2 ->
                    out.step("notice", w -> {
                        w.failover = 3;
                        w.clock = Math.max(w.clock, 8);
                        if (!is(Mutant.KEEPS_GENERATION)) {
                            w.l1 = NONE;
                            w.flight.current = false;
                            w.local(0).current = false;
                            w.local(1).current = false;
                        }
                    });
                case 3 ->
                    out.step("replay", w -> {
                        w.failover = 4;
                        if (!is(Mutant.NO_REPLAY)) {
                            w.invalidate(0);
                            w.invalidate(1);
                        }
                        w.settled = Math.max(w.settled, w.acknowledged);
                    });
                default -> {}
            }
        }

        private void readSteps(Steps<World> out) {
            boolean doubt = failover == 2;
            if (!flying) {
                if (!hits() && loads < (setup == Setup.STEADY ? 3 : 2) && !doubt) {
                    out.step("read L2 or lease", World::begin);
                }
                return;
            }
            if (!flight.detached && flight.current && !doubt && flight.required < confirmed) {
                out.step("join", w -> w.flight.required = w.confirmed);
            }
            switch (flight.phase) {
                case LEASED ->
                    out.step("load", w -> {
                        w.flight.phase = Phase.LOADED;
                        w.flight.version = w.origin;
                        if (is(Mutant.CLOCK_READ_AFTER_THE_ORIGIN)) {
                            w.flight.clock = 99;
                        }
                    });
                case LOADED -> out.step("fetch tag " + flight.known, World::embed);
                case VALIDATING -> out.step("validate tag " + flight.known, World::validate);
                case READY ->
                    out.step("install", w -> {
                        if (w.flight.current) {
                            w.l1 = w.flight.entry;
                        }
                        w.end();
                    });
            }
        }

        /** The reader that starts the flight; a suspect or absent L1 entry is known not to hit. */
        private void begin() {
            loads++;
            flying = true;
            flight.required = confirmed;
            flight.clock = clock;
            flight.history = history;
            if (l2.version >= 0) {
                flight.phase = Phase.VALIDATING;
                flight.version = l2.version;
                flight.entry = l2;
            }
        }

        private void end() {
            if (flight.version < flight.required) {
                broken = "a joined read returns " + flight.version + ", required " + flight.required;
            }
            flying = false;
            flight = new Flight();
        }

        /** Fetches from the primary, in one step with telling the local object. */
        private Version fetch(int tag) {
            Version v = remote(tag);
            Tag t = local(tag);
            t.version = v;
            t.current = true;
            return v;
        }

        private void embed() {
            int tag = flight.known++;
            Version v = fetch(tag);
            if (is(Mutant.CLOCK_READ_AFTER_THE_ORIGIN) && tag == 0) {
                flight.clock = clock;
            }
            boolean compared = !is(Mutant.CLOCK_NOT_COMPARED) && (tag == 0 || !is(Mutant.SECOND_TAG_NOT_COMPARED));
            boolean other = flight.history != history && !is(Mutant.CLOCK_OF_ANOTHER_HISTORY);
            if (compared && v.stamp > flight.clock || other) {
                end();
                return;
            }
            Entry e = flight.entry;
            flight.entry = new Entry(flight.version, tag == 0 ? v : e.first, tag == 1 ? v : e.second);
            if (tag == 1) {
                l2 = flight.entry;
                flight.phase = Phase.READY;
            }
        }

        private void validate() {
            int tag = flight.known++;
            boolean compared = !is(Mutant.L2_NOT_VALIDATED) && (tag == 0 || !is(Mutant.VALIDATES_FIRST_TAG_ONLY));
            if (compared && !same(fetch(tag), flight.entry.tag(tag))) {
                if (l2.equals(flight.entry)) {
                    l2 = NONE; // a lease over exactly this record
                }
                int required = flight.required;
                boolean detached = flight.detached;
                flight = new Flight();
                flight.clock = clock;
                flight.history = history;
                flight.required = required;
                flight.detached = detached;
            } else if (tag == 1) {
                flight.phase = Phase.READY;
            }
        }

        private boolean hits() {
            return l1.version >= 0 && valid(0) && valid(1);
        }

        private boolean valid(int tag) {
            return local(tag).current && same(local(tag).version, l1.tag(tag));
        }

        @Override
        @Nullable
        String violation() {
            boolean leased = failover != 2;
            return leased && hits() && l1.version < confirmed ? "stale in L1" : null;
        }
    }
}
