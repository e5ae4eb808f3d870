package io.crema.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one instance, of which one runs at a time, and only while the simulation waits for it: so a loader may
 * block, and be interrupted, in a run that can be repeated.
 */
final class Coroutines implements Executor, AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final World world;
    private final Host host;
    private final Deque<Worker> idle = new ArrayDeque<>();
    private final List<Worker> all = new ArrayList<>();

    Coroutines(World world, Host host) {
        this.world = world;
        this.host = host;
    }

    @Override
    public void execute(Runnable task) {
        host.execute(() -> {
            Worker worker = idle.poll();
            if (worker == null) {
                worker = new Worker(all.size());
                all.add(worker);
                worker.start();
            }
            worker.run(task);
        });
    }

    List<Worker> all() {
        return all;
    }

    /** The one that the caller runs on. */
    static Worker current() {
        return (Worker) Thread.currentThread();
    }

    /** Ends all, those too that are blocked. */
    @Override
    public void close() {
        all.forEach(Worker::end);
        try {
            for (Worker worker : all) {
                worker.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    final class Worker extends Thread {

        private final Semaphore go = new Semaphore(0);
        private final Semaphore back = new Semaphore(0);
        private @Nullable Runnable task;
        private @Nullable Throwable failure;
        private boolean parked;
        private volatile boolean ending;
        private int interrupts;
        private int parks;

        Worker(int number) {
            super("instance-" + host.number() + "-" + number);
            setDaemon(true);
        }

        /** Runs a task until it ends or blocks; by the simulation. */
        void run(Runnable next) {
            task = next;
            turn();
        }

        private void turn() {
            go.release();
            try {
                if (!back.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException(this + " is stuck");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            Throwable thrown = failure;
            failure = null;
            if (!parked && !ending) {
                idle.push(this);
            }
            if (thrown != null) {
                throw new IllegalStateException("a task failed: " + thrown, thrown);
            }
        }

        @Override
        public void run() {
            while (true) {
                go.acquireUninterruptibly();
                Runnable next = task;
                if (ending || next == null) {
                    back.release();
                    return;
                }
                try {
                    next.run();
                } catch (Throwable e) {
                    failure = e;
                }
                task = null;
                boolean unused = Thread.interrupted();
                back.release();
                if (ending) {
                    return;
                }
            }
        }

        /**
         * Blocks for a time; by the task.
         *
         * @throws InterruptedException if it is interrupted meanwhile
         */
        void block(long nanos) throws InterruptedException {
            int before = interrupts;
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            int park = ++parks;
            world.after(nanos, () -> host.run(() -> unpark(park)));
            parked = true;
            back.release();
            go.acquireUninterruptibly();
            if (ending || interrupts != before) {
                boolean unused = Thread.interrupted();
                throw new InterruptedException();
            }
        }

        private void unpark(int park) {
            if (parked && park == parks) {
                parked = false;
                turn();
            }
        }

        /** By a task, or the simulation; what is blocked goes on a little later. */
        @Override
        public void interrupt() {
            interrupts++;
            super.interrupt();
            int park = parks;
            world.after(Times.micros(20), () -> host.run(() -> unpark(park)));
        }

        boolean isEnding() {
            return ending;
        }

        boolean isBlocked() {
            return parked;
        }

        private void end() {
            ending = true;
            task = null;
            go.release();
        }
    }
}
