package io.crema.testkit;

import io.crema.testkit.FaultProxy.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection: from the source's socket through what waits here to the sink's. The end of the stream waits
 * in line with the bytes. For the thread of the proxy.
 */
final class ProxyFlow {

    private static final int MOST_DELAYED = 8 << 20;
    private static final int BURSTS_PER_SECOND = 20;
    static final long NO_TIME = Long.MAX_VALUE;

    /** How a stream ends. */
    private enum End {
        FIN,
        RST
    }

    /** Bytes, or the end, that wait to pass. */
    private record Waiting(
            ByteBuffer bytes, long arrived, @Nullable End end) {}

    private final ProxyConnection connection;
    private final Direction direction;
    private final SocketChannel source;
    private final SocketChannel sink;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean halfClosed;
    private boolean sourceEnded;
    private boolean sourceBroken;
    private boolean sinkGone;
    private boolean ended;
    private boolean sinkFull;
    private double allowance;
    private long allowedAt = System.nanoTime();

    ProxyFlow(ProxyConnection connection, Direction direction, SocketChannel source, SocketChannel sink) {
        this.connection = connection;
        this.direction = direction;
        this.source = source;
        this.sink = sink;
    }

    /** Whether the sink has been told the end. */
    boolean isEnded() {
        return ended;
    }

    boolean isSinkGone() {
        return sinkGone;
    }

    boolean wantsToRead() {
        if (sourceEnded || sinkGone || faults().isBlackhole()) {
            return false;
        }
        return halfClosed || waiting.isEmpty() || waitingBytes < mostWaiting();
    }

    boolean wantsToWrite() {
        return sinkFull && !sinkGone && !faults().isBlackhole();
    }

    /** Reads once, and passes on what may. */
    void read(long now) {
        if (!wantsToRead()) {
            return;
        }
        ByteBuffer bytes = connection.buffer().clear(mostRead());
        int count;
        try {
            count = source.read(bytes);
        } catch (IOException e) {
            sourceBroke(now);
            return;
        }
        if (count < 0) {
            sourceEnded = true;
            if (!halfClosed) {
                end(End.FIN, now);
            }
        } else if (!halfClosed) {
            bytes = connection.buffer().flip();
            connection.inspect(direction, bytes);
            if (waiting.isEmpty() && !faults().isTimed() && canPass()) {
                write(bytes, now);
            }
            await(bytes, now);
        }
        pass(now);
    }

    /** Copies what is left of the bytes, which nobody needs if the sink has gone. */
    private void await(ByteBuffer bytes, long now) {
        if (bytes.hasRemaining() && !sinkGone) {
            ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            waitingBytes += copy.remaining();
            waiting.add(new Waiting(copy, now, null));
        }
    }

    /** The source sends no more; the sink learns that after all that waits. */
    void halfClose(long now) {
        if (!sourceEnded && !halfClosed) {
            end(End.FIN, now);
            halfClosed = true;
            pass(now);
        }
    }

    private void end(End end, long now) {
        if (!sinkGone) {
            await(connection.rest(direction), now);
            waiting.add(new Waiting(ByteBuffer.allocate(0), now, end));
        }
    }

    /** The source has reset the connection, or cannot be reached. */
    void sourceBroke(long now) {
        if (sourceBroken) {
            return;
        }
        sourceBroken = true;
        sourceEnded = true;
        end(End.RST, now);
        connection.gone(direction);
        pass(now);
    }

    /** What waits here has nobody to go to. */
    void sinkWent() {
        sinkGone = true;
        waiting.clear();
        waitingBytes = 0;
    }

    /** Whether something would have passed without a fault that let nothing pass. */
    boolean hasLost(ProxyFaults before) {
        return halfClosed || before.isBlackhole() && (!waiting.isEmpty() || hasSomethingToRead());
    }

    private boolean hasSomethingToRead() {
        try {
            return !sourceEnded
                    && source.isConnected()
                    && source.read(connection.buffer().clear(1)) != 0;
        } catch (IOException e) {
            return true;
        }
    }

    void faultsChanged(long now) {
        allowance = 0;
        allowedAt = now;
        pass(now);
    }

    /** Passes on what may by now. */
    void pass(long now) {
        sinkFull = false;
        ProxyFaults faults = faults();
        for (Waiting head = waiting.peek(); head != null && canPass(); head = waiting.peek()) {
            if (now - head.arrived < faults.delayNanos()) {
                return;
            }
            if (head.end != null) {
                waiting.remove();
                tell(head.end, now);
                return;
            }
            int allowed = allowed(faults, head.bytes.remaining(), now);
            if (allowed == 0 || !writePart(head.bytes, allowed, now)) {
                return;
            }
            if (!head.bytes.hasRemaining()) {
                waiting.remove();
            }
        }
    }

    private boolean canPass() {
        return !sinkGone && !faults().isBlackhole() && connection.isReachable(direction);
    }

    private void tell(End end, long now) {
        ended = true;
        switch (end) {
            case RST -> connection.reset();
            case FIN -> {
                try {
                    sink.shutdownOutput();
                } catch (IOException e) {
                    connection.opposite(direction).sourceBroke(now);
                }
            }
        }
    }

    /** Returns whether all of the part was taken. */
    private boolean writePart(ByteBuffer bytes, int length, long now) {
        int limit = bytes.limit();
        bytes.limit(bytes.position() + length);
        int count = write(bytes, now);
        boolean all = !bytes.hasRemaining();
        bytes.limit(limit);
        allowance -= count;
        if (!sinkGone) {
            waitingBytes -= count;
        }
        return all && !sinkGone;
    }

    private int write(ByteBuffer bytes, long now) {
        try {
            int count = sink.write(bytes);
            sinkFull = bytes.hasRemaining();
            connection.counters().passed(direction, count);
            return count;
        } catch (IOException e) {
            connection.opposite(direction).sourceBroke(now);
            return 0;
        }
    }

    private int allowed(ProxyFaults faults, int wanted, long now) {
        int rate = faults.bytesPerSecond();
        if (rate == 0) {
            return wanted;
        }
        allowance = Math.min(burst(rate), allowance + Math.max(0, now - allowedAt) * (rate / 1e9));
        allowedAt = Math.max(now, allowedAt);
        int least = Math.min(burst(rate), wanted);
        return allowance >= least ? least : 0;
    }

    /** In nanoseconds, {@link #NO_TIME} if time alone lets nothing pass. */
    long timeToNext(long now) {
        Waiting head = waiting.peek();
        if (head == null || sinkFull || !canPass()) {
            return NO_TIME;
        }
        ProxyFaults faults = faults();
        long wait = Math.max(0, faults.delayNanos() - (now - head.arrived));
        int rate = faults.bytesPerSecond();
        if (rate > 0 && wait == 0) {
            double lacking = Math.min(burst(rate), head.bytes.remaining()) - allowance;
            wait = Math.max(0, (long) (lacking * 1e9 / rate));
        }
        return wait;
    }

    private static int burst(int rate) {
        return Math.max(1, rate / BURSTS_PER_SECOND);
    }

    private int mostRead() {
        int rate = faults().bytesPerSecond();
        return rate == 0 ? ProxyBuffer.CAPACITY : Math.min(ProxyBuffer.CAPACITY, burst(rate));
    }

    /** What a delay holds back; a throttle without one keeps no more here than one read. */
    private long mostWaiting() {
        ProxyFaults faults = faults();
        if (faults.delayNanos() == 0) {
            return 0;
        }
        if (faults.bytesPerSecond() == 0) {
            return MOST_DELAYED;
        }
        double inFlight = (double) faults.bytesPerSecond() * faults.delayNanos() / TimeUnit.SECONDS.toNanos(1);
        return (long) Math.min(MOST_DELAYED, inFlight);
    }

    private ProxyFaults faults() {
        return connection.faults(direction);
    }
}
