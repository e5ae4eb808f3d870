package io.crema.simulation;

import io.crema.ReadConsistency;
import io.crema.policy.Degraded;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Knows what was acknowledged when, and says which reads must not have returned what they did. Only the first violation
 * is kept: what follows may be of its making.
 */
final class Oracle {

    private final World world;
    private final Keys keys;
    private final long boundNanos;

    /** Whether there are reads that need not keep to the bound while something is wrong. */
    private final boolean reserves;

    private long healedAt = Long.MAX_VALUE / 2;
    private final List<List<Ack>> acks = new ArrayList<>();
    private final List<Loss> losses = new ArrayList<>();
    private @Nullable Violation violation;
    private long checked;

    /** What can be violated. */
    enum Check {
        BOUND,
        OWN_WRITE,
        LATEST,
        FUTURE,
        FOREIGN,
        UNEXPECTED,
        HANGS,
        TASK
    }

    record Violation(Check check, int key, String what) {}

    /** @param to who alone is meant; all if {@link #EVERYBODY} */
    private record Ack(long version, long time, int to) {}

    /** What was acknowledged within counts as acknowledged at its end: the server forgot writes. */
    private record Loss(long from, long until) {}

    static final int EVERYBODY = -1;

    Oracle(World world, Keys keys, Plan plan) {
        this.world = world;
        this.keys = keys;
        this.boundNanos = Plan.BOUND.toNanos();
        this.reserves = plan.degraded() == Degraded.RESERVE;
        keys.all().forEach(key -> acks.add(new ArrayList<>()));
    }

    /** All versions of a key up to this one are known to be invalidated. */
    void acknowledged(int key, long version) {
        acknowledged(key, version, EVERYBODY);
    }

    /** As far as one instance is concerned: what it began is done, or known to it to be pending. */
    void acknowledged(int key, long version, int to) {
        acks.get(key).add(new Ack(version, world.now(), to));
        world.trace.note(world.now(), to, key, to == EVERYBODY ? "acknowledged" : "acknowledged here", version);
    }

    void lost(long from, long until) {
        losses.add(new Loss(from, until));
    }

    /** From now on nothing is wrong any more. */
    void everythingHeals() {
        healedAt = world.now();
    }

    /** Whether a read that began then has to keep to the bound. */
    private boolean isBound(long start) {
        return !reserves || start > healedAt + boundNanos;
    }

    private long effective(long time) {
        long effective = time;
        for (Loss loss : losses) {
            if (loss.from <= effective && effective <= loss.until) {
                effective = loss.until;
            }
        }
        return effective;
    }

    /** Whether the newest version of a key is known to be invalidated. */
    boolean isSettled(int key) {
        return acks.get(key).stream().anyMatch(ack -> ack.to == EVERYBODY && ack.version == keys.version(key));
    }

    void read(int instance, int key, ReadConsistency consistency, long start, long value) {
        long version = Values.versionOf(value);
        world.trace.note(world.now(), instance, key, "read from " + start / 1000 + " us " + consistency, version);
        checked++;
        if (Values.keyOf(value) != key) {
            violated(Check.FOREIGN, key, "instance " + instance + " got a value of key " + Values.keyOf(value));
        } else if (version > keys.version(key)) {
            violated(Check.FUTURE, key, "instance " + instance + " read version " + version);
        } else if (consistency != ReadConsistency.EVENTUAL) {
            judge(instance, key, consistency, start, version);
        }
    }

    private void judge(int instance, int key, ReadConsistency consistency, long start, long version) {
        for (Ack ack : acks.get(key)) {
            if (version >= ack.version) {
                continue;
            }
            long since = start - effective(ack.time);
            if (ack.to == instance && since > 0) {
                stale(Check.OWN_WRITE, instance, key, start, version, ack);
            } else if (ack.to == EVERYBODY && consistency == ReadConsistency.LATEST && since > 0) {
                stale(Check.LATEST, instance, key, start, version, ack);
            } else if (ack.to == EVERYBODY && since > boundNanos && isBound(start)) {
                stale(Check.BOUND, instance, key, start, version, ack);
            }
        }
    }

    private void stale(Check check, int instance, int key, long start, long version, Ack ack) {
        violated(
                check,
                key,
                String.format(
                        Locale.ROOT,
                        "instance %d read version %d of key %d (%s) beginning at %.3f ms, although the invalidation of"
                                + " version %d was acknowledged at %.3f ms",
                        instance,
                        version,
                        key,
                        keys.kind(key),
                        start / 1e6,
                        ack.version,
                        effective(ack.time) / 1e6));
    }

    void violated(Check check, int key, String what) {
        if (violation == null) {
            violation = new Violation(check, key, what);
            world.trace.note(world.now(), EVERYBODY, key, "VIOLATION " + check, 0);
            world.trace.end();
        }
    }

    @Nullable
    Violation violation() {
        return violation;
    }

    long checked() {
        return checked;
    }
}
