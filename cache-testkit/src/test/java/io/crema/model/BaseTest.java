package io.crema.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The core: a miss takes a lease, loads, fills only under that lease, installs unless a message of the key came in between; a gap or a
 * resync that finds the clock advanced raises the generation; a lease is confirmed by what came in order. One key, one instance, two
 * commits; the subscription may break, another key's traffic shares the clock.
 */
final class BaseTest {
    enum Mutant {
        FILLS_WITHOUT_LEASE,
        INSTALLS_BELOW_THE_MESSAGE,
        INSTALLS_UNDER_AN_OLD_GENERATION,
        NO_RESYNC,
        NO_GAP_CHECK,
        CLOCK_READ_BEFORE_SUBSCRIBED,
        FILL_STAMPED_AHEAD,
        INVALIDATES_BEFORE_THE_COMMIT
    }

    @Test
    void base_rulesRight_hold() {
        Explorer.assertHolds(new World(EnumSet.noneOf(Mutant.class)), 10_000);
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void base_mutant_isCaught(Mutant mutant) {
        Explorer.assertCaught(new World(EnumSet.of(mutant)));
    }

    static final class World extends Model<World> {
        final transient Set<Mutant> mutants;
        int origin;
        boolean pending;
        int done;
        int clock;
        int traffic;
        /** In L2: 0 nothing, 1 our lease, 2 a value, 3 a lease of somebody who came later. */
        int l2;

        int l2Version;
        int l2Stamp;
        boolean subscribed = true;
        boolean synced = true;
        int last;
        int clockReadEarly = -1;
        int disconnects;
        int drops;
        /** Stamps, negative ones of another key. */
        List<Integer> queue = List.of();

        int confirmed;
        int entryVersion = -1;
        int entryStamp;
        /** The flight: 0 none, 1 leased, 2 loaded, 3 to install. */
        int flight;

        int version;
        int stamp;
        int min;
        boolean current;
        int loads;

        World(Set<Mutant> mutants) {
            this.mutants = mutants;
        }

        boolean is(Mutant mutant) {
            return mutants.contains(mutant);
        }

        @Override
        void steps(Steps<World> out) {
            boolean early = is(Mutant.INVALIDATES_BEFORE_THE_COMMIT);
            if (!pending && origin < 2) {
                out.step(early ? "invalidate" : "commit", w -> {
                    w.pending = true;
                    if (early) {
                        w.invalidate();
                    } else {
                        w.origin++;
                    }
                });
            } else if (pending) {
                out.step(early ? "commit" : "invalidate", w -> {
                    w.pending = false;
                    if (early) {
                        w.origin++;
                    } else {
                        w.invalidate();
                    }
                    w.done = w.origin;
                });
            }
            if (traffic == 0) {
                out.step("another key", w -> {
                    w.traffic++;
                    w.clock++;
                    w.publish(-w.clock);
                });
            }
            if (l2 != 0) {
                out.step("evict from L2", w -> w.l2 = 0);
            } else if (flight == 1 || flight == 2) {
                out.step("another lease", w -> w.l2 = 3);
            }
            connectionSteps(out);
            readSteps(out);
        }

        private void invalidate() {
            clock++;
            l2 = 0;
            publish(clock);
        }

        private void publish(int message) {
            if (subscribed) {
                List<Integer> more = new ArrayList<>(queue);
                more.add(message);
                queue = List.copyOf(more);
            }
        }

        private void connectionSteps(Steps<World> out) {
            if (!queue.isEmpty()) {
                out.step("deliver", World::deliver);
                if (drops == 0) {
                    out.step("drop", w -> {
                        w.drops++;
                        w.queue = List.copyOf(w.queue.subList(1, w.queue.size()));
                    });
                }
            }
            if (subscribed && disconnects < 1) {
                out.step("disconnect", w -> {
                    w.disconnects++;
                    w.subscribed = false;
                    w.synced = false;
                    w.queue = List.of();
                });
            } else if (!subscribed && clockReadEarly < 0 && is(Mutant.CLOCK_READ_BEFORE_SUBSCRIBED)) {
                out.step("read the clock", w -> w.clockReadEarly = w.clock);
            } else if (!subscribed) {
                out.step("subscribe", w -> w.subscribed = true);
            } else if (!synced) {
                out.step("resync", World::resync);
            } else if (queue.isEmpty() && (last == clock || drops == 0 || is(Mutant.NO_GAP_CHECK))) {
                if (confirmed != done) {
                    out.step("confirm", w -> w.confirmed = w.done);
                }
            } else if (queue.isEmpty()) {
                out.step("audit finds a loss", w -> {
                    w.bump();
                    w.last = w.clock;
                });
            }
        }

        private void resync() {
            int read = clockReadEarly >= 0 ? clockReadEarly : clock;
            if (read != last && !is(Mutant.NO_RESYNC)) {
                bump();
            }
            last = read;
            clockReadEarly = -1;
            synced = true;
        }

        private void bump() {
            entryVersion = -1;
            entryStamp = 0;
            current = false;
        }

        private void deliver() {
            int message = queue.get(0);
            queue = List.copyOf(queue.subList(1, queue.size()));
            int s = Math.abs(message);
            if (message > 0) {
                min = flight > 0 ? Math.max(min, s) : min;
                entryVersion = entryStamp < s ? -1 : entryVersion;
                entryStamp = entryVersion < 0 ? 0 : entryStamp;
            }
            if (synced && s > last) {
                if (s != last + 1 && !is(Mutant.NO_GAP_CHECK)) {
                    bump();
                }
                last = s;
            }
        }

        private void readSteps(Steps<World> out) {
            switch (flight) {
                case 0 -> {
                    if (entryVersion < 0 && loads < 2) {
                        out.step("miss", World::miss);
                    }
                }
                case 1 ->
                    out.step("load", w -> {
                        w.flight = 2;
                        w.version = w.origin;
                    });
                case 2 -> out.step("fill", World::fill);
                default -> out.step("install", World::install);
            }
        }

        private void miss() {
            loads++;
            current = true;
            if (l2 == 2) {
                flight = 3;
                version = l2Version;
                stamp = l2Stamp;
            } else if (l2 == 0) {
                l2 = 1;
                flight = 1;
            } else {
                current = false;
            }
        }

        private void fill() {
            if (l2 == 1 || is(Mutant.FILLS_WITHOUT_LEASE)) {
                l2 = 2;
                l2Version = version;
                l2Stamp = clock + (is(Mutant.FILL_STAMPED_AHEAD) ? 1 : 0);
                stamp = l2Stamp;
                flight = 3;
            } else {
                forget();
            }
        }

        private void install() {
            boolean ordered = min <= stamp || is(Mutant.INSTALLS_BELOW_THE_MESSAGE);
            if (ordered && (current || is(Mutant.INSTALLS_UNDER_AN_OLD_GENERATION))) {
                entryVersion = version;
                entryStamp = stamp;
            }
            forget();
        }

        private void forget() {
            flight = 0;
            version = 0;
            stamp = 0;
            min = 0;
            current = false;
        }

        @Override
        @Nullable
        String violation() {
            if (l2 == 2 && l2Version < done) {
                return "stale in L2";
            }
            return entryVersion >= 0 && entryVersion < confirmed ? "stale in L1" : null;
        }
    }
}
