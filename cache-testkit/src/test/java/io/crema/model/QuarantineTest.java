package io.crema.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Write-through by quarantine: begin, commit at the origin, PUT fenced by the own token. "PUT stores only for the sole, never-shared holder; a
 * refused PUT, a failed writer and end remove their own token: the last one out deletes the record; where it is no quarantine any more they
 * act as INV." Two writers, one of which may crash, a third party that invalidates, one L1, and in one setup a failover that loses writes,
 * after which everything acknowledged is replayed.
 */
final class QuarantineTest {
    enum Setup {
        /** Two writers and a third party, at most one crash; a quarantine outlives its writers' transactions. */
        SAFE,
        /** A quarantine may expire at any time, nobody crashes: only what was acknowledged counts. */
        EXPIRING,
        /** A failover loses writes; the replay is a plain invalidation. */
        FAILOVER
    }

    enum Mutant {
        NO_QUARANTINE(Setup.SAFE),
        PUT_IGNORES_TOKEN(Setup.EXPIRING),
        PUT_IGNORES_SHARED(Setup.SAFE),
        REFUSED_PUT_ENDS_THERE(Setup.EXPIRING),
        LEASE_OVER_QUARANTINE(Setup.SAFE),
        INVALIDATION_DELETES_QUARANTINE(Setup.SAFE),
        EXPIRES_BEFORE_THE_COMMIT(Setup.SAFE),
        LATE_END_IS_IGNORED(Setup.EXPIRING),
        REPLAY_LEAVES_QUARANTINE_UNSHARED(Setup.FAILOVER),
        REPLAY_SPARES_WHAT_IS_NEWER_THAN_THE_BUMP(Setup.FAILOVER);

        final Setup setup;

        Mutant(Setup setup) {
            this.setup = setup;
        }
    }

    @ParameterizedTest
    @EnumSource(Setup.class)
    void quarantine_rulesRight_holds(Setup setup) {
        Explorer.assertHolds(new World(setup, EnumSet.noneOf(Mutant.class)), 10_000);
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void quarantine_mutant_isCaught(Mutant mutant) {
        Explorer.assertCaught(new World(mutant.setup, EnumSet.of(mutant)));
    }

    enum Kind {
        LEASE,
        VALUE,
        QUARANTINE
    }

    record Rec(Kind kind, int version, int stamp, int lease, Set<Integer> holders, boolean shared) {}

    enum Phase {
        IDLE,
        BEGUN,
        COMMITTED,
        REFUSED,
        DONE,
        CRASHED
    }

    static final class Writer extends Cell {
        Phase phase = Phase.IDLE;
        int version;
    }

    record Flight(int token, int version, int stamp, int min) {}

    static final class World extends Model<World> {
        final transient Setup setup;
        final transient Set<Mutant> mutants;
        final Writer[] writers = {new Writer(), new Writer()};
        int origin;
        int clock;
        int loads;
        int crashes;
        int third;
        int thirdVersion;
        int committed;
        int acknowledged;
        int confirmed;
        List<Integer> queue = List.of();

        @Nullable
        Rec rec;

        @Nullable
        Flight flight;

        int entryVersion = -1;
        int entryStamp;

        /** 0 nothing replicated yet, 1 the snapshot is taken, 2 promoted and in doubt, 3 replayed. */
        int failover;

        @Nullable
        Rec snapshot;

        int snapshotClock;
        int epoch;

        World(Setup setup, Set<Mutant> mutants) {
            this.setup = setup;
            this.mutants = mutants;
        }

        boolean is(Mutant mutant) {
            return mutants.contains(mutant);
        }

        @Override
        void steps(Steps<World> out) {
            for (int i = 0; i < writers.length; i++) {
                writerSteps(i + 1, writers[i], out);
            }
            if (rec != null && rec.kind == Kind.QUARANTINE && mayExpire(rec)) {
                out.step("quarantine expires", w -> w.rec = null);
            }
            if (third == 0) {
                out.step("third commits", w -> {
                    w.third = 1;
                    w.thirdVersion = ++w.origin;
                });
            } else if (third == 1) {
                out.step("third invalidates", w -> {
                    w.third = 2;
                    w.invalidate();
                    w.acknowledged = Math.max(w.acknowledged, w.thirdVersion);
                });
            }
            if (!queue.isEmpty()) {
                out.step("deliver", World::deliver);
            } else if (confirmed != committed && failover < 2) {
                out.step("confirm", w -> w.confirmed = w.committed);
            }
            if (setup == Setup.FAILOVER) {
                failoverSteps(out);
            }
            readSteps(out);
        }

        private boolean mayExpire(Rec quarantine) {
            if (setup == Setup.EXPIRING || is(Mutant.EXPIRES_BEFORE_THE_COMMIT)) {
                return true;
            }
            for (int holder : quarantine.holders) {
                Phase phase = writers[holder - 1].phase;
                if (phase != Phase.DONE && phase != Phase.CRASHED) {
                    return false;
                }
            }
            return true;
        }

        private void failoverSteps(Steps<World> out) {
            switch (failover) {
                case 0 ->
                    out.step("replicate for the last time", w -> {
                        w.failover = 1;
                        w.snapshot = w.rec;
                        w.snapshotClock = w.clock;
                    });
                case 1 ->
                    out.step("promote, notice, bump", w -> {
                        w.failover = 2;
                        w.rec = w.snapshot;
                        w.clock = Math.max(w.snapshotClock, w.clock) + 8;
                        w.epoch = w.clock;
                        w.queue = List.of();
                        w.flight = w.flight == null
                                ? null
                                : new Flight(w.flight.token, w.flight.version, w.flight.stamp, 99);
                        w.entryVersion = -1;
                        w.snapshot = null;
                        w.snapshotClock = 0;
                    });
                case 2 ->
                    out.step("replay", w -> {
                        w.failover = 3;
                        Rec r = w.rec;
                        boolean live = r != null && r.kind == Kind.QUARANTINE;
                        boolean spared = r != null && r.stamp >= w.epoch;
                        if (live && is(Mutant.REPLAY_LEAVES_QUARANTINE_UNSHARED)
                                || spared && is(Mutant.REPLAY_SPARES_WHAT_IS_NEWER_THAN_THE_BUMP)) {
                            w.tick();
                        } else {
                            w.invalidate();
                        }
                    });
                default -> {}
            }
        }

        private void writerSteps(int token, Writer x, Steps<World> out) {
            switch (x.phase) {
                case IDLE -> out.step("begin " + token, w -> w.begin(token));
                case BEGUN -> {
                    out.step("commit " + token, w -> {
                        w.committed = ++w.origin;
                        w.writers[token - 1].version = w.origin;
                        w.writers[token - 1].phase = Phase.COMMITTED;
                    });
                    out.step("writer fails " + token, w -> {
                        w.end(token);
                        w.writers[token - 1].phase = Phase.DONE;
                    });
                }
                case COMMITTED -> out.step("put " + token, w -> w.put(token));
                case REFUSED ->
                    out.step("end " + token, w -> {
                        if (!is(Mutant.REFUSED_PUT_ENDS_THERE)) {
                            w.end(token);
                        }
                        w.done(token);
                    });
                default -> {}
            }
            boolean working = x.phase == Phase.BEGUN || x.phase == Phase.COMMITTED || x.phase == Phase.REFUSED;
            if (working && setup == Setup.SAFE && crashes == 0) {
                out.step("crash " + token, w -> {
                    w.crashes++;
                    w.writers[token - 1].phase = Phase.CRASHED;
                });
            }
        }

        private void tick() {
            clock++;
            if (setup == Setup.FAILOVER) {
                return; // L1 is no part of that setup
            }
            List<Integer> more = new ArrayList<>(queue);
            more.add(clock);
            queue = List.copyOf(more);
        }

        private void invalidate() {
            tick();
            boolean live = rec != null && rec.kind == Kind.QUARANTINE && !is(Mutant.INVALIDATION_DELETES_QUARANTINE);
            rec = live && rec != null ? quarantined(rec.holders, true) : null;
        }

        private Rec quarantined(Set<Integer> holders, boolean shared) {
            return new Rec(Kind.QUARANTINE, 0, clock, 0, Set.copyOf(holders), shared);
        }

        private void begin(int token) {
            writers[token - 1].phase = Phase.BEGUN;
            if (is(Mutant.NO_QUARANTINE)) {
                return;
            }
            tick();
            Set<Integer> holders = new TreeSet<>(Set.of(token));
            boolean live = rec != null && rec.kind == Kind.QUARANTINE;
            if (live && rec != null) {
                holders.addAll(rec.holders);
            }
            rec = quarantined(holders, live);
        }

        private void put(int token) {
            boolean live = rec != null && rec.kind == Kind.QUARANTINE;
            boolean ours = live && rec != null && (rec.holders.contains(token) || is(Mutant.PUT_IGNORES_TOKEN));
            boolean sole = ours && rec != null && (!rec.shared || is(Mutant.PUT_IGNORES_SHARED));
            if (sole) {
                tick();
                rec = new Rec(Kind.VALUE, writers[token - 1].version, clock, 0, Set.of(), false);
                done(token);
            } else {
                writers[token - 1].phase = Phase.REFUSED;
            }
        }

        private void done(int token) {
            Writer x = writers[token - 1];
            acknowledged = Math.max(acknowledged, x.version);
            x.phase = Phase.DONE;
        }

        private void end(int token) {
            if (rec == null || rec.kind != Kind.QUARANTINE) {
                tick();
                if (!is(Mutant.LATE_END_IS_IGNORED)) {
                    rec = null;
                }
                return;
            }
            tick();
            Set<Integer> holders = new TreeSet<>(rec.holders);
            holders.remove(token);
            rec = holders.isEmpty() ? null : quarantined(holders, true);
        }

        private void deliver() {
            int stamp = queue.get(0);
            queue = List.copyOf(queue.subList(1, queue.size()));
            entryVersion = entryStamp < stamp ? -1 : entryVersion;
            Flight f = flight;
            flight = f == null ? null : new Flight(f.token, f.version, f.stamp, Math.max(f.min, stamp));
        }

        private void readSteps(Steps<World> out) {
            Flight f = flight;
            if (f == null && loads < (setup == Setup.SAFE ? 2 : 1) && failover != 2) {
                out.step("read", World::read);
            } else if (f != null && f.stamp >= 0 && setup == Setup.FAILOVER) {
                out.step("return", w -> w.flight = null);
            } else if (f != null && f.stamp >= 0) {
                out.step("install", w -> {
                    if (f.min <= f.stamp && w.entryStamp <= f.stamp) {
                        w.entryVersion = f.version;
                        w.entryStamp = f.stamp;
                    }
                    w.flight = null;
                });
            } else if (f != null && f.version < 0) {
                out.step("load", w -> w.flight = new Flight(f.token, w.origin, -1, f.min));
            } else if (f != null) {
                out.step("fill", w -> {
                    boolean ours = w.rec != null && w.rec.kind == Kind.LEASE && w.rec.lease == f.token;
                    if (ours) {
                        w.rec = new Rec(Kind.VALUE, f.version, w.clock, 0, Set.of(), false);
                    }
                    w.flight = ours ? new Flight(f.token, f.version, w.clock, f.min) : null;
                });
            }
        }

        private void read() {
            loads++;
            if (rec != null && rec.kind == Kind.VALUE) {
                flight = new Flight(0, rec.version, rec.stamp, 0);
            } else if (rec == null || rec.kind == Kind.QUARANTINE && is(Mutant.LEASE_OVER_QUARANTINE)) {
                rec = new Rec(Kind.LEASE, 0, clock, loads, Set.of(), false);
                flight = new Flight(loads, -1, -1, 0);
            }
        }

        @Override
        @Nullable
        String violation() {
            boolean value = rec != null && rec.kind == Kind.VALUE && failover != 2;
            int version = rec == null ? 0 : rec.version;
            boolean quiet = flight == null && queue.isEmpty() && third != 1 && failover != 2;
            for (Writer x : writers) {
                quiet &= x.phase == Phase.IDLE || x.phase == Phase.DONE || x.phase == Phase.CRASHED;
            }
            boolean entry = entryVersion >= 0;
            if (quiet && (value && version < origin || entry && entryVersion < origin)) {
                return "all is quiet and a cached value is stale";
            }
            if (value && version < acknowledged) {
                return "L2 is older than an acknowledged write";
            }
            if (setup == Setup.SAFE && value && version < committed) {
                return "L2 is older than a commit under quarantine";
            }
            return setup == Setup.SAFE && entry && entryVersion < confirmed
                    ? "L1 is older than a commit under quarantine"
                    : null;
        }
    }
}
