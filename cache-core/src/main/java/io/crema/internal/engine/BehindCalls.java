package io.crema.internal.engine;

import io.crema.EntryOptions;
import io.crema.PartialWriteException;
import io.crema.internal.engine.WriterCalls.Told;
import io.crema.internal.writebehind.BatchWriter;
import io.crema.spi.CodecException;
import io.crema.spi.JournalEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes of the journal as calls of the user's writer; and tells counters, log and listeners what becomes of them. */
final class BehindCalls<K, V> implements BatchWriter {

    private final CacheEngine<K, V> engine;
    private final WriterCalls<K, V> writer;

    BehindCalls(CacheEngine<K, V> engine, WriterCalls<K, V> writer) {
        this.engine = engine;
        this.writer = writer;
    }

    @Override
    public Map<Integer, Failure> write(List<Write> writes) {
        Map<Integer, Failure> failures = new LinkedHashMap<>();
        Map<K, Integer> positions = new LinkedHashMap<>();
        List<Told<K, V>> told = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            Write write = writes.get(i);
            try {
                Told<K, V> one = told(write.entry(), write.attempt());
                positions.put(one.key(), i);
                told.add(one);
            } catch (CodecException e) {
                failures.put(i, new Failure(e, 0));
                failed(write, e);
            }
        }
        Map<K, Throwable> failed = told.size() == 1 ? writer.callOne(told.get(0)) : writer.callAll(told);
        failed.forEach((key, failure) -> {
            int position = positions.getOrDefault(key, 0);
            failures.put(position, new Failure(failure, together(key, failure, failed)));
            failed(writes.get(position), failure);
        });
        return failures;
    }

    private Told<K, V> told(JournalEntry entry, int attempt) {
        K key = engine.serialization().decodeKey(entry.key());
        V value = entry.cachedNull()
                ? null
                : engine.serialization().decodeValue(entry.codec(), ByteBuffer.wrap(entry.payload()));
        return new Told<>(
                key, value, new ContextOfWrite(engine.name, key, entry.id(), attempt, EntryOptions.defaults()));
    }

    /** Of how many keys the failure is: those of one call of the writer, unless it says which. */
    private int together(K key, Throwable failure, Map<K, Throwable> failed) {
        if (failure instanceof PartialWriteException partial
                && partial.failedKeys().contains(key)) {
            return 1;
        }
        return (int) failed.values().stream().filter(each -> each == failure).count();
    }

    private void failed(Write write, Throwable failure) {
        engine.log.warn(
                "Cache '" + engine.name + "': a write behind the caller failed, and is tried again;"
                        + " stats().writeFailures() counts them",
                failure);
        try {
            K key = engine.serialization().decodeKey(write.entry().key());
            engine.events.writeFailed(key, write.attempt(), failure);
        } catch (CodecException e) {
            // Nobody can be told which key it was.
        }
    }

    @Override
    public void unreadable(JournalEntry entry, int partition) {
        engine.serialization().countUndecodable();
        engine.events.writeUnreadable(partition, entry.id());
    }

    @Override
    public void buried(JournalEntry entry, int attempts, Throwable reason) {
        engine.counters.writesGivenUp.increment();
        engine.log.warn(
                "Cache '" + engine.name + "': a write was given up after " + attempts
                        + " attempts and is a dead letter, to be retried or dropped by writeBehind();"
                        + " stats().writesGivenUp() counts them",
                reason);
        try {
            engine.events.writeGivenUp(engine.serialization().decodeKey(entry.key()), attempts, reason);
        } catch (CodecException e) {
            // As above; it is among the dead letters all the same.
        }
    }
}
