package io.crema.model;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Origin versions: "a tombstone keeps its minimum", FILL and PUT compare it. Loaders read an origin replica that lags one commit behind;
 * commits reach L2 in any order as versioned or plain invalidation, expire, put or clear; leases live in the record's header, time out, are
 * released. A fresh value in L2 is never older than the newest version that a versioned write brought there.
 */
final class TombstoneTest {
    private static final int COMMITS = 3;

    enum Mutant {
        FILL_IGNORES_MINIMUM,
        PUT_IGNORES_MINIMUM,
        EXPIRE_LEAVES_MINIMUM,
        PLAIN_INVALIDATION_DELETES_TOMBSTONE,
        PLAIN_INVALIDATION_DELETES_VALUE,
        INVALIDATION_LOWERS_MINIMUM,
        LEASE_REPLACES_TOMBSTONE,
        RELEASE_DROPS_TOMBSTONE,
        /** A marker that keeps the minimum goes with its lease, and the minimum with it. */
        LEASE_BELOW_FLOOR_LEAVES_MARKER,
        /** The tombstone keeps a stamp below the floor: no lease on it can ever fill. */
        LEASE_BELOW_FLOOR_KEEPS_STAMP
    }

    @Test
    void versions_rulesRight_hold() {
        Explorer.assertHolds(new World(EnumSet.noneOf(Mutant.class)), 10_000);
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void versions_mutant_isCaught(Mutant mutant) {
        Explorer.assertCaught(new World(EnumSet.of(mutant)));
    }

    enum Kind {
        MARKER,
        VALUE,
        SOFT,
        TOMBSTONE
    }

    /** {@code version} of all but a fresh value is the minimum for the next one; a lease that is not live may be taken over. */
    record Rec(Kind kind, int version, int stamp, int lease, boolean live) {
        Rec lease(int token, boolean live) {
            return new Rec(kind, version, stamp, token, live);
        }
    }

    static final class Loader extends Twin {
        int token;
        int loaded = -1;
    }

    static final class World extends Model<World> {
        final transient Set<Mutant> mutants;
        final Loader[] loaders = {new Loader(), new Loader()};
        int origin;
        int clock;
        int floor;
        int required;
        /** Versions that are committed and not yet written to L2. */
        Set<Integer> pending = Set.of();

        @Nullable
        Rec rec;

        World(Set<Mutant> mutants) {
            this.mutants = mutants;
        }

        boolean is(Mutant mutant) {
            return mutants.contains(mutant);
        }

        @Override
        void steps(Steps<World> out) {
            if (origin < COMMITS) {
                out.step("commit " + (origin + 1), w -> {
                    Set<Integer> more = new HashSet<>(w.pending);
                    more.add(++w.origin);
                    w.pending = Set.copyOf(more);
                });
            }
            for (int version : pending) {
                out.step("invalidate to " + version, w -> w.written(version).invalidate(version));
                out.step("invalidate", w -> w.written(version).invalidate(0));
                out.step("expire to " + version, w -> w.written(version).expire(version));
                out.step("put " + version, w -> w.written(version).put(version));
                out.step("clear", w -> w.written(version).floor = ++w.clock);
            }
            if (rec != null && rec.lease != 0 && rec.live) {
                Rec r = rec;
                out.step("lease times out", w -> w.rec = r.kind == Kind.MARKER ? null : r.lease(r.lease, false));
            }
            for (int i = 0; i < loaders.length; i++) {
                loaderSteps(i, loaders[i], out);
            }
        }

        private World written(int version) {
            Set<Integer> fewer = new HashSet<>(pending);
            fewer.remove(version);
            pending = Set.copyOf(fewer);
            return this;
        }

        private int minimum() {
            return rec == null ? 0 : rec.version;
        }

        private void invalidate(int version) {
            clock++;
            required = Math.max(required, version);
            int min = is(Mutant.INVALIDATION_LOWERS_MINIMUM) && version > 0 ? version : Math.max(version, minimum());
            boolean deletes = rec != null
                    && version == 0
                    && (rec.kind == Kind.TOMBSTONE && is(Mutant.PLAIN_INVALIDATION_DELETES_TOMBSTONE)
                            || rec.kind != Kind.TOMBSTONE && is(Mutant.PLAIN_INVALIDATION_DELETES_VALUE));
            rec = deletes || min == 0 ? null : new Rec(Kind.TOMBSTONE, min, clock, 0, false);
        }

        private void expire(int version) {
            if (rec == null || rec.kind == Kind.MARKER || rec.kind == Kind.TOMBSTONE) {
                invalidate(version);
                return;
            }
            clock++;
            required = Math.max(required, version);
            int min = is(Mutant.EXPIRE_LEAVES_MINIMUM) ? rec.version : Math.max(version, rec.version);
            rec = new Rec(Kind.SOFT, min, clock, 0, false);
        }

        private void put(int version) {
            if (version >= minimum() || is(Mutant.PUT_IGNORES_MINIMUM)) {
                required = Math.max(required, version);
                rec = new Rec(Kind.VALUE, version, ++clock, 0, false);
            }
        }

        private void loaderSteps(int id, Loader x, Steps<World> out) {
            if (x.token == 0) {
                out.step("lease " + id, w -> w.lease(w.loaders[id]));
                return;
            }
            if (x.loaded < 0) {
                out.step("load " + id, w -> w.loaders[id].loaded = w.origin);
                if (origin > 0) {
                    out.step("load from a replica " + id, w -> w.loaders[id].loaded = w.origin - 1);
                }
            } else {
                out.step("fill " + id, w -> w.fill(w.loaders[id]));
            }
            out.step("release " + id, w -> {
                w.drop(x.token);
                w.loaders[id] = new Loader();
            });
        }

        private void lease(Loader x) {
            boolean below = rec != null && rec.stamp < floor;
            if (rec != null && !below && (rec.kind == Kind.VALUE || rec.lease != 0 && rec.live)) {
                return;
            }
            int token = loaders[0].token == 1 || loaders[1].token == 1 || rec != null && rec.lease == 1 ? 2 : 1;
            if (loaders[0].token == 2 || loaders[1].token == 2 || rec != null && rec.lease == 2) {
                token = token == 2 ? 3 : token;
            }
            x.token = token;
            boolean replaced = rec != null && rec.kind == Kind.TOMBSTONE && is(Mutant.LEASE_REPLACES_TOMBSTONE);
            if (rec == null || replaced || below && rec.version == 0) {
                rec = new Rec(Kind.MARKER, 0, clock, token, true);
            } else if (!below || is(Mutant.LEASE_BELOW_FLOOR_KEEPS_STAMP) && rec.kind == Kind.TOMBSTONE) {
                rec = rec.lease(token, true);
            } else if (is(Mutant.LEASE_BELOW_FLOOR_LEAVES_MARKER) && rec.kind != Kind.TOMBSTONE) {
                rec = new Rec(Kind.MARKER, rec.version, clock, token, true);
            } else {
                rec = new Rec(Kind.TOMBSTONE, rec.version, clock, token, true);
            }
            if (rec.stamp < floor) {
                broken = "a lease that cannot fill";
            }
        }

        private void fill(Loader x) {
            boolean ours = rec != null && rec.lease == x.token;
            if (ours && x.loaded < minimum() && !is(Mutant.FILL_IGNORES_MINIMUM)) {
                x.loaded = -1; // too old: loads again under the same lease
                return;
            }
            if (ours && rec != null && rec.stamp >= floor) {
                rec = new Rec(Kind.VALUE, x.loaded, clock, 0, false);
            } else {
                drop(x.token);
            }
            x.token = 0;
            x.loaded = -1;
        }

        private void drop(int token) {
            if (rec != null && rec.lease == token) {
                boolean gone =
                        rec.kind == Kind.MARKER || rec.kind == Kind.TOMBSTONE && is(Mutant.RELEASE_DROPS_TOMBSTONE);
                rec = gone ? null : rec.lease(0, false);
            }
        }

        @Override
        @Nullable
        String violation() {
            boolean fresh = rec != null && rec.kind == Kind.VALUE && rec.stamp >= floor;
            return fresh && minimum() < required ? "L2 holds version " + minimum() + ", required " + required : null;
        }
    }
}
