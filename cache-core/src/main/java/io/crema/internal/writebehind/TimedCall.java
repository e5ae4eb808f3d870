package io.crema.internal.writebehind;

import io.crema.internal.writebehind.BatchWriter.Failure;
import io.crema.internal.writebehind.BatchWriter.Write;
import io.crema.internal.writebehind.PendingWrites.Item;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * One call of the writer, by the thread that made this: interrupted when its time is over, and said to hang if it goes on
 * for as long again as others wait for a dead instance.
 */
final class TimedCall {

    private final Thread thread = Thread.currentThread();
    private final Flusher flusher;
    private boolean over;
    private boolean interrupted;
    private boolean hangs;

    private TimedCall(Flusher flusher) {
        this.flusher = flusher;
    }

    /**
     * Calls the writer.
     *
     * @param onHang told that it hangs, by the clock's thread; {@link Flusher#hangsNoMore} follows
     */
    static Map<Integer, Failure> write(Flusher flusher, List<Item> items, Runnable onHang) {
        TimedCall call = new TimedCall(flusher);
        flusher.clock.after(flusher.policy.timeout().toNanos(), () -> call.interrupt(onHang));
        Map<Integer, Failure> failures;
        try {
            failures = flusher.writer.write(items.stream()
                    .map(item -> new Write(item.entry(), item.attempt()))
                    .toList());
        } finally {
            if (call.end()) {
                flusher.hangsNoMore();
            }
        }
        return call.interrupted ? call.late(failures) : failures;
    }

    private synchronized void interrupt(Runnable onHang) {
        if (over) {
            return;
        }
        interrupted = true;
        thread.interrupt();
        flusher.clock.after(flusher.policy.lease().toNanos(), () -> hang(onHang));
        flusher.log.say(
                "Cache '" + flusher.cache + "': a call of the writer took longer than " + flusher.policy.timeout()
                        + " and was interrupted; until it ends, no other of its partition begins here");
    }

    private synchronized void hang(Runnable onHang) {
        if (!over) {
            hangs = true;
            onHang.run();
        }
    }

    /** It has ended, and nobody interrupts the thread any more; returns whether it was said to hang. */
    private synchronized boolean end() {
        over = true;
        boolean unused = Thread.interrupted();
        return hangs;
    }

    /** What a writer throws once it was interrupted says little. */
    private Map<Integer, Failure> late(Map<Integer, Failure> failures) {
        Map<Integer, Failure> late = new HashMap<>();
        failures.forEach((position, failure) -> {
            Throwable why = new TimeoutException("the writer took longer than " + flusher.policy.timeout());
            why.addSuppressed(failure.reason());
            late.put(position, failure.isUndecodable() ? failure : new Failure(why, failure.together()));
        });
        return late;
    }
}
