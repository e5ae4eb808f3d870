package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.DeadLetter;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.JournalAccess;
import io.crema.spi.CodecException;
import io.crema.spi.JournalEntry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The writes of a cache that were given up, as its users see them. */
final class DeadLetters<K, V> {

    private static final String NOT_READ = " (its value cannot be read here: ";

    private final CacheEngine<K, V> engine;

    DeadLetters(CacheEngine<K, V> engine) {
        this.engine = engine;
    }

    CompletableFuture<List<DeadLetter<K, V>>> list(JournalAccess journal, int mostOfEachPartition) {
        CompletableFuture<List<DeadLetter<K, V>>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (int p = 0; p < engine.partitions().ofKeys().size(); p++) {
            int partition = p;
            all = all.thenCombine(journal.deadLetters(p, mostOfEachPartition), (before, letters) -> {
                required(letters).forEach(letter -> described(partition, letter).ifPresent(before::add));
                return before;
            });
        }
        return all;
    }

    /** Empty if its key cannot be decoded, so that nobody could name it. */
    private Optional<DeadLetter<K, V>> described(int partition, io.crema.spi.DeadLetter letter) {
        JournalEntry entry = letter.entry();
        K key;
        try {
            key = engine.serialization().decodeKey(entry.key());
        } catch (CodecException e) {
            engine.serialization().countUndecodable();
            engine.log.warn(
                    "Cache '" + engine.name + "': dead letters of partition " + partition
                            + " are not listed, since their keys cannot be decoded; they stay",
                    new CodecException("the write " + entry.id() + ": " + e.getMessage(), e));
            return Optional.empty();
        }
        V value = null;
        String reason = letter.reason();
        if (!entry.readable()) {
            engine.serialization().countUndecodable();
            reason += NOT_READ + "another version of the library wrote it, or it is damaged)";
        } else if (!entry.cachedNull()) {
            try {
                value = engine.serialization().decodeValue(entry.codec(), ByteBuffer.wrap(entry.payload()));
            } catch (CodecException e) {
                reason += NOT_READ + e.getMessage() + ")";
            }
        }
        return Optional.of(new DeadLetter<>(
                key, value, entry.id(), letter.attempts(), Duration.ofMillis(letter.ageMillis()), reason));
    }

    CompletableFuture<Boolean> retry(JournalAccess journal, DeadLetter<K, V> letter) {
        Route<K> route = engine.route(letter.key());
        return journal.revive(
                        route.partition().index(),
                        letter.writeId(),
                        route.partition().highest())
                .thenApply(this::required);
    }

    CompletableFuture<Boolean> drop(JournalAccess journal, DeadLetter<K, V> letter) {
        return journal.drop(engine.route(letter.key()).partition().index(), letter.writeId())
                .thenApply(this::required);
    }

    private <T> T required(Answer<T> answer) {
        if (answer.isEmpty()) {
            throw new CacheException(
                    "Cache '" + engine.name + "': the remote tier did not answer (" + answer.reason()
                            + "); try again later",
                    answer.reason());
        }
        return answer.get();
    }
}
