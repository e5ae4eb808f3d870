package io.crema.coherence;

import java.util.concurrent.TimeUnit;

/** Something that is done again and again, by a daemon thread of its own, until this is closed. */
public final class Repeated implements AutoCloseable {

    private final Thread thread;

    private Repeated(Thread thread) {
        this.thread = thread;
    }

    /** @param millis how long it rests before each time */
    public static Repeated every(long millis, String name, Runnable task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            TimeUnit.MILLISECONDS.sleep(millis);
                            task.run();
                        }
                    } catch (InterruptedException e) {
                        // Closed.
                        return;
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return new Repeated(thread);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
