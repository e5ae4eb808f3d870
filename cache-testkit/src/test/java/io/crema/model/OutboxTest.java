package io.crema.model;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * "An invalidation that was not confirmed is kept in order; its keys bypass L1 and L2 here until it is sent and confirmed." Two keys, one
 * instance whose calls may be lost before they run or after, an outbox of one key that turns into a clear when a second one comes. What this
 * instance reads is never older than what it wrote; once the outbox is empty, nobody reads anything older. (The holder does not crash.)
 */
final class OutboxTest {
    private static final int KEYS = 2;

    enum Mutant {
        NOT_KEPT,
        READS_L2,
        FLIGHT_OF_BEFORE_INSTALLS,
        LEAVES_BEFORE_CONFIRMED,
        OVERFLOW_FORGETS,
        CONFIRMS_LATER_ENTRIES_TOO
    }

    @Test
    void outbox_rulesRight_holds() {
        Explorer.assertHolds(new World(EnumSet.noneOf(Mutant.class)), 10_000);
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void outbox_mutant_isCaught(Mutant mutant) {
        Explorer.assertCaught(new World(EnumSet.of(mutant)));
    }

    static final class Key extends Twin {
        int origin;
        /** Versions in L2 and L1, -1 none. */
        int l2 = -1;

        int l1 = -1;
        /** The newest version that this instance wrote, and the newest whose invalidation is confirmed. */
        int own;

        int confirmed;
        int writes;
        /** A load under way: -2 none, -1 not yet loaded, else the version; whether it may install. */
        int flight = -2;

        boolean installs;
        boolean leased;
        /** Of the outbox: 0 nothing, 1 to send, 2 sent, 3 has run; the version that the call covers; written again meanwhile. */
        int kept;

        int sending;
        boolean again;
    }

    static final class World extends Model<World> {
        final transient Set<Mutant> mutants;
        final Key[] keys = {new Key(), new Key()};
        /** A clear of the whole cache instead of the keys: 0 none, 1 to send, 2 sent, 3 has run. */
        int clear;

        World(Set<Mutant> mutants) {
            this.mutants = mutants;
        }

        boolean is(Mutant mutant) {
            return mutants.contains(mutant);
        }

        @Override
        void steps(Steps<World> out) {
            for (int i = 0; i < KEYS; i++) {
                int id = i;
                Key k = keys[i];
                if (k.writes < 2) {
                    out.step("commit and invalidate " + id, w -> w.write(id, true, true));
                    out.step("commit, invalidation lost " + id, w -> w.write(id, false, false));
                    out.step("commit and invalidate, reply lost " + id, w -> w.write(id, true, false));
                }
                if (k.kept == 1) {
                    out.step("send again " + id, w -> {
                        w.keys[id].kept = 2;
                        w.keys[id].sending = w.keys[id].own;
                    });
                } else if (k.kept == 2) {
                    out.step("run " + id, w -> {
                        w.keys[id].kept = 3;
                        w.keys[id].l2 = -1;
                        w.keys[id].leased = false;
                    });
                    out.step("fails again " + id, w -> w.keys[id].kept = 1);
                } else if (k.kept == 3) {
                    out.step("confirm " + id, w -> w.confirm(w.keys[id]));
                    out.step("reply lost " + id, w -> w.keys[id].kept = 1);
                }
                readSteps(id, k, out);
            }
            if (clear == 1) {
                out.step("send clear", w -> {
                    w.clear = 2;
                    for (Key k : w.keys) {
                        k.sending = k.own;
                        k.again = false;
                    }
                });
            } else if (clear == 2) {
                out.step("run clear", w -> {
                    w.clear = 3;
                    for (Key k : w.keys) {
                        k.l2 = -1;
                        k.leased = false;
                        k.l1 = -1;
                        k.installs = false;
                    }
                });
                out.step("clear fails", w -> w.clear = 1);
            } else if (clear == 3) {
                out.step("confirm clear", World::confirmClear);
                out.step("reply to clear lost", w -> w.clear = 1);
            }
        }

        private void write(int id, boolean runs, boolean confirmed) {
            Key k = keys[id];
            k.writes++;
            k.own = ++k.origin;
            k.l1 = -1;
            k.installs = k.installs && is(Mutant.FLIGHT_OF_BEFORE_INSTALLS);
            if (runs) {
                k.l2 = -1;
                k.leased = false;
            }
            if (confirmed) {
                k.confirmed = k.kept == 0 && clear == 0 ? k.own : k.confirmed;
                return;
            }
            keep(k);
        }

        private void keep(Key k) {
            Key other = k == keys[0] ? keys[1] : keys[0];
            if (is(Mutant.NOT_KEPT)) {
                k.confirmed = k.own;
            } else if (clear > 0) {
                k.again = true; // comes after the clear that is on its way
            } else if (other.kept > 0) {
                clear = is(Mutant.OVERFLOW_FORGETS) ? 0 : 1;
                forget(k);
                forget(other);
            } else {
                k.again = k.kept >= 2;
                k.kept = Math.max(1, k.kept);
            }
        }

        private static void forget(Key k) {
            k.kept = 0;
            k.again = false;
            k.sending = 0;
        }

        private void confirm(Key k) {
            boolean more = k.again && !is(Mutant.CONFIRMS_LATER_ENTRIES_TOO);
            k.confirmed = Math.max(k.confirmed, is(Mutant.CONFIRMS_LATER_ENTRIES_TOO) ? k.own : k.sending);
            forget(k);
            k.kept = more ? 1 : 0;
        }

        private void confirmClear() {
            clear = 0;
            for (Key k : keys) {
                boolean more = k.again;
                k.confirmed = Math.max(k.confirmed, k.sending);
                forget(k);
                if (more) {
                    keep(k);
                }
            }
        }

        private boolean bypassed(Key k) {
            boolean early = is(Mutant.LEAVES_BEFORE_CONFIRMED) && k.kept >= 2;
            return clear > 0 || k.kept > 0 && !early;
        }

        private void readSteps(int id, Key k, Steps<World> out) {
            boolean bypassed = bypassed(k);
            if (k.l1 >= 0 && !bypassed) {
                out.step("hit " + id, w -> w.read(k.l1, k));
            } else if (k.l2 >= 0 && k.flight == -2 && (!bypassed || is(Mutant.READS_L2))) {
                out.step("hit in L2 " + id, w -> {
                    w.read(k.l2, k);
                    w.keys[id].l1 = bypassed ? -1 : k.l2;
                });
            } else if (!bypassed && k.flight == -2 && k.l2 < 0) {
                out.step("lease " + id, w -> {
                    w.keys[id].flight = -1;
                    w.keys[id].installs = true;
                    w.keys[id].leased = true;
                });
            }
            if (k.flight == -1) {
                out.step("load " + id, w -> w.keys[id].flight = k.origin);
            } else if (k.flight >= 0) {
                out.step("fill " + id, w -> w.fill(w.keys[id]));
            }
            if (k.l2 < 0 && !k.leased && k.flight == -2) {
                out.step("another instance fills " + id, w -> w.keys[id].l2 = k.origin);
            }
        }

        private void read(int version, Key k) {
            if (version < k.own) {
                broken = "read below the own write";
            }
        }

        private void fill(Key k) {
            if (k.leased) {
                k.l2 = k.flight;
            }
            if (k.installs) {
                k.l1 = k.flight;
            }
            k.flight = -2;
            k.leased = false;
            k.installs = false;
        }

        @Override
        @Nullable
        String violation() {
            for (Key k : keys) {
                boolean empty = k.kept == 0 && clear == 0 && !k.again;
                if (k.l2 >= 0 && (k.l2 < k.confirmed || empty && k.l2 < k.own)) {
                    return "stale in L2 although the outbox is empty";
                }
                if (k.l1 >= 0 && empty && k.l1 < k.own) {
                    return "stale in L1 although the outbox is empty";
                }
            }
            return null;
        }
    }
}
