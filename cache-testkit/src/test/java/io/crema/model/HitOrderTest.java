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
 * The steps of an L1 hit against the event loop: "the lease floor first; only if that fails the entry's own partition, before the map is looked
 * up again; the generation after the map". The key's partition and another one have leases of their own, the floor is their minimum; the
 * clock that readers see is late by up to the margin. A read that starts more than B after the invalidation ran never returns the old value.
 */
final class HitOrderTest {
    private static final int BOUND = 2;
    private static final int MARGIN = 1;
    private static final int END = 4;
    private static final int NEVER = -BOUND - MARGIN - 1;
    private static final int HEARTBEAT = 0;
    private static final int INVALIDATION = 1;

    enum Mutant {
        LEASE_AFTER_MAP,
        OWN_LEASE_AFTER_MAP,
        GENERATION_NOT_COMPARED,
        FLOOR_IS_THE_NEWEST_LEASE,
        OWN_LEASE_OF_THE_OTHER_PARTITION,
        CONFIRMED_AT_THE_REPLY,
        CONFIRMS_BEFORE_THE_GENERATION,
        NO_MARGIN,
        RESYNC_TRUSTS_THE_ENTRY
    }

    @Test
    void hit_rulesRight_isBounded() {
        Explorer.assertHolds(new World(EnumSet.noneOf(Mutant.class)), 10_000);
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void hit_mutant_isCaught(Mutant mutant) {
        Explorer.assertCaught(new World(EnumSet.of(mutant)));
    }

    enum Step {
        IDLE,
        FLOOR,
        MAP,
        OWN_LEASE,
        MAP_AGAIN,
        LEASE_LATE,
        GENERATION
    }

    static final class World extends Model<World> {
        final transient Set<Mutant> mutants;
        int time;
        int coarse;
        int invalidated = -1;
        /** The leases of the key's partition and of the other one, and the floor that readers see. */
        int confirmed = NEVER;

        int other = NEVER;
        int floor = NEVER;
        /** The heartbeat: 0 none, 1 sent, 2 ran; and when it was sent. */
        int heartbeat;

        int sent;
        List<Integer> queue = List.of();
        boolean subscribed = true;
        boolean synced = true;
        boolean sawInvalidation;
        int disconnects;
        /** What the event loop does next after a resync that found a change: 0 nothing, 1 generation, 2 synchronised. */
        int resync;

        int generation;
        /** The generation of the entry with the old value, -1 when it is not in the map. */
        int entry = 0;

        Step reader = Step.IDLE;
        boolean mustBeNew;
        int read = -1;

        World(Set<Mutant> mutants) {
            this.mutants = mutants;
        }

        boolean is(Mutant mutant) {
            return mutants.contains(mutant);
        }

        @Override
        void steps(Steps<World> out) {
            if (time < END && coarse == time) {
                out.step("time", w -> w.time++);
            } else if (coarse < time) {
                out.step("tick", w -> w.coarse = w.time);
            }
            if (invalidated < 0) {
                out.step("invalidation", w -> {
                    w.invalidated = w.time;
                    w.publish(INVALIDATION);
                });
            }
            if (other != time) {
                out.step("the other partition is confirmed", w -> {
                    w.other = w.time;
                    w.lower();
                });
            }
            connectionSteps(out);
            readerSteps(out);
        }

        private void publish(int message) {
            if (subscribed) {
                List<Integer> more = new ArrayList<>(queue);
                more.add(message);
                queue = List.copyOf(more);
            }
        }

        private void lower() {
            floor = is(Mutant.FLOOR_IS_THE_NEWEST_LEASE) ? Math.max(confirmed, other) : Math.min(confirmed, other);
        }

        private void connectionSteps(Steps<World> out) {
            if (subscribed && synced && heartbeat == 0) {
                out.step("send heartbeat", w -> {
                    w.heartbeat = 1;
                    w.sent = w.time;
                });
            } else if (heartbeat == 1) {
                out.step("heartbeat runs", w -> {
                    w.heartbeat = 2;
                    w.publish(HEARTBEAT);
                });
            }
            if (resync > 0) {
                out.step("resync goes on", World::goOn);
            } else if (!queue.isEmpty()) {
                out.step("receive", World::receive);
            }
            if (subscribed && disconnects == 0) {
                out.step("disconnect", w -> {
                    w.disconnects++;
                    w.subscribed = false;
                    w.synced = false;
                    w.heartbeat = 0;
                    w.sent = 0;
                    w.resync = 0;
                    w.queue = List.of();
                });
            } else if (!subscribed) {
                out.step("subscribe", w -> w.subscribed = true);
            } else if (!synced && resync == 0) {
                out.step("resync", w -> {
                    boolean missed = w.invalidated >= 0 && !w.sawInvalidation;
                    w.resync = missed && !w.is(Mutant.RESYNC_TRUSTS_THE_ENTRY) ? 1 : 2;
                    w.sawInvalidation |= missed;
                    if (missed && w.is(Mutant.CONFIRMS_BEFORE_THE_GENERATION)) {
                        w.confirmed = w.time;
                        w.lower();
                    }
                });
            }
        }

        private void goOn() {
            if (resync == 1) {
                generation++;
                resync = 2;
            } else {
                synced = true;
                resync = 0;
            }
        }

        private void receive() {
            int message = queue.get(0);
            queue = List.copyOf(queue.subList(1, queue.size()));
            if (message == INVALIDATION) {
                entry = -1;
                sawInvalidation = true;
            } else {
                confirmed = is(Mutant.CONFIRMED_AT_THE_REPLY) ? time : sent;
                heartbeat = 0;
                sent = 0;
                lower();
            }
        }

        private boolean valid(int lease) {
            return coarse - lease <= BOUND - (is(Mutant.NO_MARGIN) ? 0 : MARGIN);
        }

        private void readerSteps(Steps<World> out) {
            switch (reader) {
                case IDLE ->
                    out.step("a read starts", w -> {
                        w.mustBeNew = w.invalidated >= 0 && w.time > w.invalidated + BOUND;
                        w.reader = w.is(Mutant.LEASE_AFTER_MAP) ? Step.MAP : Step.FLOOR;
                    });
                case FLOOR ->
                    out.step("floor", w -> {
                        boolean late = w.is(Mutant.OWN_LEASE_AFTER_MAP);
                        w.reader = w.valid(w.floor) ? Step.MAP : late ? Step.MAP_AGAIN : Step.OWN_LEASE;
                    });
                case OWN_LEASE ->
                    out.step("own lease", w -> {
                        int lease = w.is(Mutant.OWN_LEASE_OF_THE_OTHER_PARTITION) ? w.other : w.confirmed;
                        w.goTo(w.valid(lease) ? Step.MAP : Step.IDLE);
                    });
                case MAP, MAP_AGAIN ->
                    out.step("map", w -> {
                        w.read = w.entry;
                        boolean late = w.reader == Step.MAP_AGAIN || w.is(Mutant.LEASE_AFTER_MAP);
                        w.goTo(w.entry < 0 ? Step.IDLE : late ? Step.LEASE_LATE : Step.GENERATION);
                    });
                case LEASE_LATE -> out.step("lease", w -> w.goTo(w.valid(w.confirmed) ? Step.GENERATION : Step.IDLE));
                case GENERATION ->
                    out.step("generation", w -> {
                        boolean same = w.read == w.generation || w.is(Mutant.GENERATION_NOT_COMPARED);
                        if (same && w.mustBeNew) {
                            w.broken = "a read that began after the bound returns the old value";
                        }
                        w.goTo(Step.IDLE);
                    });
            }
        }

        private void goTo(Step step) {
            reader = step;
            if (step == Step.IDLE) {
                read = -1;
                mustBeNew = false;
            }
        }

        @Override
        @Nullable
        String violation() {
            return null;
        }
    }
}
