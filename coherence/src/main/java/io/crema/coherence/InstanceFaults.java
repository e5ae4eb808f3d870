package io.crema.coherence;

import io.crema.coherence.Fault.Healing;
import java.time.Duration;

/** What happens to a whole process. */
final class InstanceFaults {

    /**
     * With the default clock, reads that begin before the clock thread has run again after a stop are excused. SIGCONT is
     * sent within the call; this is how long after the call reads may still count as such.
     */
    static final Duration CLOCK_ALLOWANCE = Duration.ofMillis(5);

    private InstanceFaults() {}

    static Healing stopDefaultClock(Scene scene) throws Exception {
        Fleet.Member member = scene.anyOf(scene.fleet().withDefaultClock());
        member.process().suspend();
        return () -> {
            long from = System.nanoTime();
            member.process().resume();
            long until = System.nanoTime() + CLOCK_ALLOWANCE.toNanos();
            scene.slot().excuseClock(member.history(), from, until);
        };
    }

    static Healing stopStrictClock(Scene scene) throws Exception {
        Fleet.Member member = scene.anyOf(scene.fleet().withStrictClock());
        member.process().suspend();
        return member.process()::resume;
    }

    /** Another one takes its place at once. */
    static Healing kill(Scene scene) throws Exception {
        Fleet.Member member = scene.anyMember();
        member.process().kill();
        scene.fleet().replace(member);
        return Healing.NOTHING_TO_DO;
    }
}
