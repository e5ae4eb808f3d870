package io.crema.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A failover that loses acknowledged writes, policy REPLAY: "the first to notice bumps the epoch once, then every instance re-executes the
 * invalidations that it sent or received". One key, two instances that notice at different times, the old primary (0) may go on answering
 * whoever has not left it. The promise is kept relative to what has executed in the present history, replays included, and to what the
 * reader knows itself; once all have replayed, nothing acknowledged is missing.
 */
final class ReplayTest {
    private static final int JUMP = 16;

    enum Setup {
        /** The old primary is gone at once: commands of all instances go to the new one. */
        CLEAN(1, 1, false, false),
        /** L2 and one L1 hold a value from the start, the new primary may evict it. */
        WARM(1, 1, false, false),
        /** Each instance's commands move to the new primary at their own time. */
        SPLIT(1, 1, false, true),
        SPLIT_WARM(1, 1, false, true),
        /** Puts with origin versions, which may arrive late. */
        PUTS(2, 0, true, false);

        final int writes;
        final int loads;
        final boolean puts;
        final boolean split;

        Setup(int writes, int loads, boolean puts, boolean split) {
            this.writes = writes;
            this.loads = loads;
            this.puts = puts;
            this.split = split;
        }
    }

    enum Mutant {
        NO_HISTORY_ID(Setup.CLEAN),
        NO_REPLAY(Setup.CLEAN),
        REPLAY_PUBLISHES_ONLY_WHAT_IT_DELETED(Setup.WARM),
        READS_IN_DOUBT(Setup.WARM),
        KEEPS_GENERATION(Setup.CLEAN),
        REPLAYS_RECEIVED_ONLY(Setup.CLEAN),
        /** Records stamped after the bump are spared, and a lease older than the bump cannot fill. */
        SPARES_RECORDS_ABOVE_EPOCH(Setup.SPLIT),
        SPARES_LATE_PUTS(Setup.PUTS),
        REPLAYS_PUT_WITHOUT_VERSION(Setup.PUTS),
        REPLAY_FORGETS_THE_MINIMUM(Setup.PUTS),
        LATE_ACKNOWLEDGEMENT_IS_TRUSTED(Setup.SPLIT),
        INSTALLS_WHAT_ANOTHER_NODE_SAID(Setup.SPLIT_WARM);

        final Setup setup;

        Mutant(Setup setup) {
            this.setup = setup;
        }
    }

    @ParameterizedTest
    @EnumSource(Setup.class)
    void replay_rulesRight_holds(Setup setup) {
        Explorer.assertHolds(new World(setup, EnumSet.noneOf(Mutant.class)), 10_000);
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void replay_mutant_isCaught(Mutant mutant) {
        Explorer.assertCaught(new World(mutant.setup, EnumSet.of(mutant)));
    }

    enum Kind {
        MARKER,
        VALUE,
        TOMBSTONE
    }

    /** {@code version} of a tombstone is its minimum; {@code lease} the token that may fill. */
    record Rec(Kind kind, int version, int stamp, int token, int lease) {}

    record Message(int stamp, int version, boolean epoch) {}

    record Entry(int version, int stamp, int token, boolean current) {}

    enum Phase {
        LEASED,
        LOADED,
        READY
    }

    record Flight(Phase phase, int token, int version, int stamp, int min, boolean installs, int leaseStamp) {
        Flight detach(int stamp) {
            return new Flight(phase, token, version, this.stamp, Math.max(min, stamp), installs, leaseStamp);
        }

        Flight bump() {
            return new Flight(phase, token, version, stamp, min, false, leaseStamp);
        }
    }

    static final class Primary extends Cell {
        int clock;
        int epoch;
        int settled;

        @Nullable
        Rec rec;
    }

    static final class Instance extends Twin {
        /** The node that commands go to, and the one of the subscription. */
        int commands;

        int history;
        int last;
        List<Message> queue = List.of();
        /** 0 trusted, 1 to repair, 2 the replay is on its way. */
        int doubt;

        int epoch;
        /** The newest write that it sent or received, and that it sent. */
        int ring;

        int own;
        int replaying;

        @Nullable
        Entry entry;

        @Nullable
        Flight flight;
        /** The own write: 0 none, 1 committed at the origin, 2 executed and not acknowledged. */
        int write;

        int writeVersion;
        int writeStamp;

        void onKey(int stamp) {
            entry = entry != null && entry.stamp < stamp ? null : entry;
            flight = flight == null ? null : flight.detach(stamp);
        }

        void bump() {
            entry = entry == null ? null : new Entry(entry.version, entry.stamp, entry.token, false);
            flight = flight == null ? null : flight.bump();
        }

        boolean hits() {
            return entry != null && entry.current;
        }
    }

    static final class World extends Model<World> {
        final transient Setup setup;
        final transient Set<Mutant> mutants;
        final Primary[] primaries = {new Primary(), new Primary()};
        final Instance[] instances = {new Instance(), new Instance()};
        int origin;
        int writes;
        int loads;
        int acknowledged;
        boolean replicated;
        boolean promoted;
        boolean evicted;

        World(Setup setup, Set<Mutant> mutants) {
            this.setup = setup;
            this.mutants = mutants;
            // What follows the last replication, and with a split the promotion, is all that these are about.
            replicated = setup != Setup.CLEAN;
            promoted = setup.split;
            if (setup == Setup.WARM || setup == Setup.SPLIT_WARM) {
                primaries[0].rec = new Rec(Kind.VALUE, 0, 0, 1, 0);
                primaries[1].rec = primaries[0].rec;
                instances[0].entry = new Entry(0, 0, 1, true);
            }
        }

        boolean is(Mutant mutant) {
            return mutants.contains(mutant);
        }

        /** Whether a heartbeat could be confirmed now, while the instance uses its entry. */
        boolean confirms(Instance i) {
            boolean detected = i.history == 1 || !promoted;
            return detected && i.queue.isEmpty() && i.doubt == 0 && i.hits();
        }

        /** The newest write that the instance can repeat. A message carries no origin version. */
        int knows(Instance i) {
            return setup.puts ? i.own : i.ring;
        }

        boolean spares() {
            return is(Mutant.SPARES_RECORDS_ABOVE_EPOCH) || is(Mutant.SPARES_LATE_PUTS);
        }

        @Override
        void steps(Steps<World> out) {
            if (!replicated) {
                out.step("replicate for the last time", w -> {
                    w.primaries[1] = (Primary) w.primaries[0].clone();
                    w.replicated = true;
                });
            } else if (!promoted) {
                out.step("promote", World::promote);
            }
            for (int n = 0; n < 2; n++) {
                int node = n;
                if (primaries[n].rec != null && !evicted && setup == Setup.WARM && promoted && n == 1) {
                    out.step("evict from L2 of " + n, w -> {
                        w.primaries[node].rec = null;
                        w.evicted = true;
                    });
                }
            }
            for (int i = 0; i < 2; i++) {
                int id = i;
                Steps<Instance> own =
                        (label, change) -> out.step(label + " " + id, w -> change.accept(w.instances[id]));
                connectionSteps(id, instances[i], out, own);
                repairSteps(id, instances[i], out);
                writeSteps(id, instances[i], out);
                readSteps(id, instances[i], out, own);
            }
        }

        private void promote() {
            promoted = true;
            if (!setup.split) {
                for (Instance i : instances) {
                    i.commands = 1;
                }
                primaries[0] = new Primary();
            }
        }

        private void connectionSteps(int id, Instance x, Steps<World> out, Steps<Instance> own) {
            if (promoted && x.commands == 0) {
                own.step("commands move", i -> i.commands = 1);
            }
            if (promoted && x.history == 0) {
                out.step("notice " + id, w -> w.notice(w.instances[id]));
            }
            if (!x.queue.isEmpty()) {
                own.step("deliver", i -> deliver(i));
            }
        }

        private static void deliver(Instance i) {
            Message m = i.queue.get(0);
            i.queue = List.copyOf(i.queue.subList(1, i.queue.size()));
            if (!m.epoch) {
                i.onKey(m.stamp);
                i.ring = Math.max(i.ring, m.version);
            }
            if (m.stamp > i.last) {
                if (m.epoch || m.stamp != i.last + 1) {
                    i.bump();
                }
                i.last = m.stamp;
            }
        }

        /** Leaves the old connection, subscribes at the new primary, reads its clock. */
        private void notice(Instance i) {
            int clock = primaries[1].clock;
            i.queue = List.of();
            if (!is(Mutant.NO_HISTORY_ID)) {
                i.doubt = is(Mutant.NO_REPLAY) ? 0 : 1;
            }
            if ((!is(Mutant.NO_HISTORY_ID) || clock != i.last) && !is(Mutant.KEEPS_GENERATION)) {
                i.bump();
            }
            i.history = 1;
            i.last = clock;
        }

        private void repairSteps(int id, Instance x, Steps<World> out) {
            if (x.doubt == 1) {
                out.step("repair " + id, w -> w.repair(w.instances[id]));
            }
            if (x.doubt == 2) {
                out.step("replay " + id, w -> w.replay(w.instances[id]));
            }
        }

        private void repair(Instance i) {
            Primary p = primaries[1];
            if (p.epoch == 0) {
                p.clock = Math.max(p.clock, i.last) + JUMP;
                p.epoch = p.clock;
                publish(1, new Message(p.clock, 0, true));
            }
            i.epoch = p.epoch;
            i.replaying = knows(i);
            i.doubt = i.ring == 0 ? 0 : 2;
        }

        private void replay(Instance i) {
            Primary p = primaries[1];
            boolean deletes = p.rec != null;
            if (p.rec == null || !spares() || p.rec.stamp < p.epoch) {
                invalidateRecord(p, is(Mutant.REPLAYS_PUT_WITHOUT_VERSION) ? 0 : i.replaying);
            }
            p.clock++;
            p.settled = Math.max(p.settled, i.replaying);
            if (deletes || !is(Mutant.REPLAY_PUBLISHES_ONLY_WHAT_IT_DELETED)) {
                publish(1, new Message(p.clock, i.replaying, false));
            }
            i.doubt = 0;
            i.replaying = 0;
        }

        private void invalidateRecord(Primary p, int version) {
            int kept = p.rec == null || is(Mutant.REPLAY_FORGETS_THE_MINIMUM) ? 0 : p.rec.version;
            int min = Math.max(version, kept);
            p.rec = setup.puts ? new Rec(Kind.TOMBSTONE, min, p.clock + 1, 0, 0) : null;
        }

        private void publish(int node, Message message) {
            for (Instance i : instances) {
                if (i.history == node) {
                    List<Message> queue = new ArrayList<>(i.queue);
                    queue.add(message);
                    i.queue = List.copyOf(queue);
                }
            }
        }

        private void writeSteps(int id, Instance x, Steps<World> out) {
            if (x.write == 0 && writes < setup.writes) {
                out.step("commit " + id, w -> {
                    w.writes++;
                    w.origin++;
                    w.instances[id].write = 1;
                    w.instances[id].writeVersion = w.origin;
                });
            }
            if (x.write == 1) {
                out.step("write " + id + " at " + x.commands, w -> w.execute(w.instances[id]));
            }
            if (x.write == 2) {
                out.step("acknowledge " + id, w -> w.acknowledge(w.instances[id]));
            }
        }

        private void execute(Instance i) {
            Primary p = primaries[i.commands];
            i.write = 2;
            if (setup.puts && p.rec != null && p.rec.version > i.writeVersion) {
                i.writeStamp = p.clock;
                p.settled = Math.max(p.settled, i.writeVersion);
                return;
            }
            p.clock++;
            p.settled = Math.max(p.settled, i.writeVersion);
            p.rec = setup.puts ? new Rec(Kind.VALUE, i.writeVersion, p.clock, newToken(), 0) : null;
            i.writeStamp = p.clock;
            publish(i.commands, new Message(p.clock, i.writeVersion, false));
        }

        private void acknowledge(Instance i) {
            if (i.writeStamp < i.epoch && !is(Mutant.LATE_ACKNOWLEDGEMENT_IS_TRUSTED)) {
                i.write = 1;
                i.commands = 1; // sent again, to the primary whose history is known
                return;
            }
            i.onKey(i.writeStamp);
            if (!is(Mutant.REPLAYS_RECEIVED_ONLY)) {
                i.ring = Math.max(i.ring, i.writeVersion);
                i.own = Math.max(i.own, i.writeVersion);
            }
            acknowledged = Math.max(acknowledged, i.writeVersion);
            i.write = 0;
            i.writeVersion = 0;
            i.writeStamp = 0;
        }

        private void readSteps(int id, Instance x, Steps<World> out, Steps<Instance> own) {
            Flight f = x.flight;
            if (f == null) {
                if (!x.hits() && loads < setup.loads) {
                    out.step("miss " + id + " asks L2 at " + x.commands, w -> {
                        w.loads++;
                        w.ask(w.instances[id]);
                    });
                }
                return;
            }
            switch (f.phase) {
                case LEASED ->
                    own.step(
                            "load",
                            i -> i.flight =
                                    new Flight(Phase.LOADED, f.token, origin, 0, f.min, f.installs, f.leaseStamp));
                case LOADED -> out.step("fill " + id + " at " + x.commands, w -> w.fill(w.instances[id], f));
                case READY ->
                    own.step("install", i -> {
                        i.flight = null;
                        if (f.installs && f.min <= f.stamp) {
                            i.entry = new Entry(f.version, f.stamp, f.token, true);
                        }
                    });
            }
        }

        private void ask(Instance i) {
            Primary p = primaries[i.commands];
            Rec rec = p.rec;
            boolean readable = i.commands == i.history && (i.doubt == 0 || is(Mutant.READS_IN_DOUBT))
                    || is(Mutant.INSTALLS_WHAT_ANOTHER_NODE_SAID);
            if (!readable) {
                i.flight = null;
            } else if (rec != null && rec.kind == Kind.VALUE) {
                if (rec.version < knows(i) && (i.history == 1 || !promoted)) {
                    broken = "L2 read below what the reader knows";
                }
                // A suspect entry with the record's token gives its value, the header gives the stamp.
                Entry e = i.entry;
                int version = e != null && e.token == rec.token ? e.version : rec.version;
                i.flight = new Flight(Phase.READY, rec.token, version, rec.stamp, 0, true, 0);
            } else if (rec == null || rec.lease == 0) {
                int token = newToken();
                p.rec = rec == null
                        ? new Rec(Kind.MARKER, 0, p.clock, 0, token)
                        : new Rec(rec.kind, rec.version, rec.stamp, 0, token);
                i.flight = new Flight(Phase.LEASED, token, 0, 0, 0, true, p.clock);
            } else {
                i.flight = null;
            }
        }

        /** The smallest token that nobody holds: which one it is does not matter. */
        private int newToken() {
            Set<Integer> held = new HashSet<>();
            for (Primary p : primaries) {
                held.add(p.rec == null ? 0 : p.rec.token);
                held.add(p.rec == null ? 0 : p.rec.lease);
            }
            for (Instance i : instances) {
                held.add(i.entry == null ? 0 : i.entry.token);
                held.add(i.flight == null ? 0 : i.flight.token);
            }
            int token = 1;
            while (held.contains(token)) {
                token++;
            }
            return token;
        }

        private void fill(Instance i, Flight f) {
            Primary p = primaries[i.commands];
            Rec rec = p.rec;
            boolean late = spares() && p.epoch > f.leaseStamp;
            if (rec != null && rec.lease == f.token && f.version >= rec.version && !late) {
                p.rec = new Rec(Kind.VALUE, f.version, p.clock, f.token, 0);
                i.flight = new Flight(Phase.READY, f.token, f.version, p.clock, f.min, f.installs, 0);
            } else {
                i.flight = null;
            }
        }

        @Override
        @Nullable
        String violation() {
            for (Primary p : primaries) {
                if (p.rec != null && p.rec.kind == Kind.VALUE && p.rec.version < p.settled) {
                    return "stale in L2";
                }
            }
            boolean allReplayed = promoted;
            for (Instance i : instances) {
                if (confirms(i)
                        && i.entry != null
                        && i.entry.version < Math.max(primaries[i.history].settled, knows(i))) {
                    return "stale in L1 under a lease";
                }
                allReplayed &= i.history == 1 && i.doubt == 0 && i.write != 2;
            }
            return allReplayed && primaries[1].settled < acknowledged ? "an acknowledged write is lost for good" : null;
        }
    }
}
