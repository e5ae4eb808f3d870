package io.crema.model;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * "How much may be lost is measured": every heartbeat writes the server's time under the instance's own key; after a change of history what
 * the key holds tells how much is lost, and a loss longer than the replay window asks for CLEAR. Connections may break at any time, also
 * between the first heartbeat on the new primary and the end of the repair. An invalidation that was acknowledged to the instance and is
 * lost must be replayed from the window or covered by CLEAR.
 */
final class LossMeasureTest {
    private static final int WINDOW = 2;
    private static final int END = 5;
    private static final int UNKNOWN = 99;

    enum Mutant {
        NO_MEASURE,
        MEASURES_AGAIN_AFTER_RECONNECT,
        MISSING_KEY_IS_NO_LOSS,
        WINDOW_GOES_ON_WITHOUT_HEARTBEATS,
        KEY_READ_AFTER_THE_HEARTBEAT
    }

    @Test
    void loss_rulesRight_isCovered() {
        Explorer.assertHolds(new World(EnumSet.noneOf(Mutant.class)), 1_000);
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void loss_mutant_isCaught(Mutant mutant) {
        Explorer.assertCaught(new World(EnumSet.of(mutant)));
    }

    enum Stage {
        OLD,
        DOWN,
        CONNECTED,
        MEASURED,
        REPAIRED
    }

    static final class World extends Model<World> {
        final transient Set<Mutant> mutants;
        int time;
        /** Server times at which the invalidation ran and was received; -1 not yet, or no more in the window. */
        int invalidated = -1;

        int inWindow = -1;
        /** The server time in the key on the old and on the new primary (-1 missing), and of the last acknowledged heartbeat. */
        int key = -1;

        int replicaKey = -1;
        int acknowledged = -1;
        boolean replicated;
        boolean replicaHasIt;
        boolean promoted;
        Stage stage = Stage.OLD;
        int lost;

        World(Set<Mutant> mutants) {
            this.mutants = mutants;
        }

        boolean is(Mutant mutant) {
            return mutants.contains(mutant);
        }

        @Override
        void steps(Steps<World> out) {
            if (time < END) {
                out.step("time", World::pass);
            }
            if (stage == Stage.OLD && !promoted) {
                out.step("heartbeat", w -> {
                    w.key = w.time;
                    w.acknowledged = w.time;
                });
                if (invalidated < 0) {
                    out.step("invalidation", w -> {
                        w.invalidated = w.time;
                        w.inWindow = w.time;
                    });
                }
            }
            if (!replicated) {
                out.step("replicate for the last time", w -> {
                    w.replicated = true;
                    w.replicaKey = w.key;
                    w.replicaHasIt = w.invalidated >= 0;
                });
            } else if (!promoted) {
                out.step("promote", w -> w.promoted = true);
            }
            if (promoted) {
                reconnectSteps(out);
            }
        }

        private void pass() {
            time++;
            int last = is(Mutant.WINDOW_GOES_ON_WITHOUT_HEARTBEATS) ? time : acknowledged;
            if (inWindow >= 0 && stage != Stage.REPAIRED && last >= 0 && inWindow < last - WINDOW) {
                inWindow = -1;
            }
        }

        private void reconnectSteps(Steps<World> out) {
            switch (stage) {
                case OLD -> out.step("disconnect", w -> w.stage = Stage.DOWN);
                case DOWN -> out.step("connect", w -> w.stage = Stage.CONNECTED);
                case CONNECTED -> {
                    out.step("read the key", World::measure);
                    if (is(Mutant.KEY_READ_AFTER_THE_HEARTBEAT)) {
                        out.step("heartbeat", w -> w.replicaKey = w.time);
                    }
                }
                case MEASURED -> {
                    out.step("heartbeat", w -> w.replicaKey = w.time);
                    out.step("disconnect", w -> w.stage = Stage.DOWN);
                    out.step("repair", World::repair);
                }
                case REPAIRED -> {}
            }
        }

        private void measure() {
            int missing = is(Mutant.MISSING_KEY_IS_NO_LOSS) ? 0 : UNKNOWN;
            int now = replicaKey < 0 || acknowledged < 0 ? missing : acknowledged - replicaKey;
            lost = is(Mutant.MEASURES_AGAIN_AFTER_RECONNECT) ? now : Math.max(lost, now);
            stage = Stage.MEASURED;
        }

        private void repair() {
            stage = Stage.REPAIRED;
            boolean clears = lost > WINDOW && !is(Mutant.NO_MEASURE);
            if (invalidated >= 0 && !replicaHasIt && inWindow < 0 && !clears) {
                broken = "a lost invalidation is neither replayed nor covered by CLEAR";
            }
        }

        @Override
        @Nullable
        String violation() {
            return null;
        }
    }
}
