package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Lane;
import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.client.Redirect;
import io.crema.redis.internal.client.Request;
import io.crema.redis.internal.wire.RecordFormat;
import io.crema.redis.internal.wire.ServerClock;
import io.crema.spi.RemoteRecord;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads single keys of one hash slot over one link, those that wait together by one MGET. A batch is sent by the reader that finds none
 * waiting and decides what it asks for only when the event loop encodes it; whoever comes in between is in it too. So a
 * reader that is alone pays what a plain GET costs, and nothing waits for a timer.
 *
 * <p>At any moment ceil(waiting / {@link #MOST}) batches are on their way to be encoded. A reader that makes the count
 * pass a multiple of the limit sends one more; encoding one takes up to the limit off, in one step.
 *
 * <p>A batch that a node of a cluster redirects, which executes nothing, is read once more where the slot is.
 */
final class BatchReader {

    /** The most keys in one batch: beyond it there is little to gain, and others wait behind it. */
    static final int MOST = 128;

    private static final byte[] MGET = "$4\r\nMGET\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LINE_END = {'\r', '\n'};

    private final Link link;
    private final ServerClock clock;
    private final Lane elsewhere;
    private final Queue<Read> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param elsewhere where to read what the link redirects */
    BatchReader(Link link, ServerClock clock, Lane elsewhere) {
        this.link = link;
        this.clock = clock;
        this.elsewhere = elsewhere;
    }

    CompletableFuture<RemoteRecord> read(byte[] name) {
        Read read = new Read(name);
        queue.add(read);
        if (waiting.getAndIncrement() % MOST == 0) {
            Batch batch = new Batch();
            batch.future.whenComplete((nothing, failure) -> batch.finish(failure));
            link.send(batch.future);
        } else if (link.isLost()) {
            failWaiting(link.failure());
        }
        return read;
    }

    /** The link is lost: no batch will take them any more. */
    private void failWaiting(Throwable failure) {
        for (Read read = queue.poll(); read != null; read = queue.poll()) {
            read.completeExceptionally(failure);
        }
    }

    /** One waiting reader. */
    private static final class Read extends CompletableFuture<RemoteRecord> {
        private final byte[] name;
        private @Nullable RemoteRecord found;

        Read(byte[] name) {
            this.name = name;
        }
    }

    /** An MGET whose keys are known when it is encoded. Encoding and decoding run on the event loop. */
    private final class Batch extends Command<byte[], byte[], Boolean> {

        private final List<Read> reads = new ArrayList<>(4);
        private final AtomicBoolean taken = new AtomicBoolean();
        private final Request<Boolean> future;

        Batch() {
            super(CommandType.MGET, null);
            setOutput(new Records(reads, clock));
            future = new Request<>(this);
        }

        @Override
        public void encode(ByteBuf out) {
            if (link.isLost()) {
                // The channel is closed, nothing will be sent, and the batch may have been failed already.
                failWaiting(link.failure());
            } else {
                take();
            }
            writeCount(out, '*', 1 + reads.size());
            out.writeBytes(MGET);
            for (Read read : reads) {
                writeCount(out, '$', read.name.length);
                out.writeBytes(read.name);
                out.writeBytes(LINE_END);
            }
        }

        /** A batch that was refused before it was encoded takes its share too, to fail it. */
        void finish(@Nullable Throwable failure) {
            take();
            if (Redirect.of(failure) != null) {
                readElsewhere();
                return;
            }
            for (Read read : reads) {
                RemoteRecord found = read.found;
                if (failure != null) {
                    read.completeExceptionally(failure);
                } else if (found != null) {
                    read.complete(found);
                } else {
                    read.completeExceptionally(new IllegalStateException("MGET returned fewer values than keys"));
                }
            }
            if (link.isLost()) {
                failWaiting(link.failure());
            }
        }

        private void readElsewhere() {
            List<byte[]> names = reads.stream().map(read -> read.name).toList();
            elsewhere.send(CommandType.MGET, names, (answer, failure) -> {
                for (int i = 0; i < reads.size(); i++) {
                    if (answer == null) {
                        reads.get(i).completeExceptionally(failure);
                    } else {
                        reads.get(i)
                                .complete(RecordFormat.decode(
                                        answer.get(i), RemoteRecord.NO_FLOOR, clock.upperBoundMillis()));
                    }
                }
            });
        }

        private void take() {
            if (!taken.compareAndSet(false, true)) {
                return;
            }
            int count = Math.min(MOST, waiting.getAndUpdate(before -> before - Math.min(MOST, before)));
            for (int i = 0; i < count; i++) {
                Read read = queue.poll();
                if (read != null) {
                    reads.add(read);
                }
            }
        }

        private static void writeCount(ByteBuf out, char type, int count) {
            out.writeByte(type);
            out.writeCharSequence(Integer.toString(count), StandardCharsets.US_ASCII);
            out.writeBytes(LINE_END);
        }
    }

    /** Gives each record to its reader as it is read. */
    private static final class Records extends CommandOutput<byte[], byte[], Boolean> {

        private final List<Read> reads;
        private final ServerClock clock;
        private int next;

        Records(List<Read> reads, ServerClock clock) {
            super(ByteArrayCodec.INSTANCE, true);
            this.reads = reads;
            this.clock = clock;
        }

        @Override
        public void set(@Nullable ByteBuffer bytes) {
            byte[] record = null;
            if (bytes != null) {
                record = new byte[bytes.remaining()];
                bytes.get(record);
            }
            reads.get(next++).found = RecordFormat.decode(record, RemoteRecord.NO_FLOOR, clock.upperBoundMillis());
        }
    }
}
