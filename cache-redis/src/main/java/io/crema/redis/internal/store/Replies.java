package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.spi.DirtyValueException;
import io.crema.spi.InvalidateReply;
import io.crema.spi.StoreReply;
import io.crema.spi.StoreReply.Undecided;
import io.crema.spi.TagReply;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the replies of scripts mean. Each has a stamp first and the server's time second. */
final class Replies {

    private static final String DIRTY = "DIRTY";

    private Replies() {}

    static long stamp(List<byte @Nullable []> reply) {
        return Commands.number(reply.get(0));
    }

    static StoreReply store(List<byte @Nullable []> reply) {
        long stamp = stamp(reply);
        if (stamp == -2) {
            return new StoreReply.Full();
        }
        if (stamp < 0) {
            return new StoreReply.TooOld(ByteBuffer.wrap(present(reply, 2)).getLong());
        }
        return stamp == 0 ? new StoreReply.Refused() : new StoreReply.Stored(stamp, Commands.number(reply.get(2)));
    }

    static InvalidateReply invalidation(List<byte @Nullable []> reply) {
        List<Boolean> removed = new ArrayList<>(reply.size() - 2);
        for (int i = 2; i < reply.size(); i++) {
            removed.add(Commands.number(reply.get(i)) == 1);
        }
        return new InvalidateReply(stamp(reply), removed);
    }

    static TagReply tagVersions(List<String> tags, List<byte @Nullable []> reply) {
        List<TagVersion> versions = new ArrayList<>(tags.size());
        for (int i = 0; i < tags.size(); i++) {
            ByteBuffer version = ByteBuffer.wrap(present(reply, 2 + i));
            versions.add(new TagVersion(tags.get(i), version.getLong(), version.getLong()));
        }
        return new TagReply(stamp(reply), versions);
    }

    /** The reply; an error by which the script says that it cannot decide is one too. */
    static CompletableFuture<StoreReply> decided(CompletableFuture<StoreReply> asked) {
        return asked.handle((result, failure) -> {
                    String reason = failure == null ? null : reason(failure.getMessage());
                    return reason == null
                            ? asked
                            : CompletableFuture.<StoreReply>completedFuture(new Undecided(reason));
                })
                .thenCompose(Function.identity());
    }

    /** The reply, or if the script says why there is none, a failure that says so with the cache's name. */
    static <T> CompletableFuture<T> explained(String cache, CompletableFuture<T> asked) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        asked.whenComplete((result, failure) -> {
            if (failure == null) {
                reply.complete(result);
            } else {
                String reason = reason(failure.getMessage());
                reply.completeExceptionally(reason == null ? failure : explained(cache, reason, failure));
            }
        });
        return reply;
    }

    private static RuntimeException explained(String cache, String reason, Throwable failure) {
        String message = "Cache " + cache + ": " + reason;
        return String.valueOf(failure.getMessage()).startsWith(DIRTY)
                ? new DirtyValueException(message, failure)
                : new IllegalStateException(message, failure);
    }

    private static @Nullable String reason(@Nullable String error) {
        if (error != null && error.startsWith("OPAQUE")) {
            return "what Redis holds cannot be told, because it is a record of another version; put or invalidate it";
        }
        if (error != null && error.startsWith("QUARANTINE")) {
            return "whether the key has a value cannot be told, because it is in quarantine while its origin changes;"
                    + " try again when that has ended";
        }
        if (error != null && error.startsWith("CHANGING")) {
            return "the key cannot be written now, because it is in quarantine while its origin changes; try again when"
                    + " that has ended";
        }
        if (error != null && error.startsWith(DIRTY)) {
            return "the key cannot be put in quarantine, because its last write has still to be made in the origin; try"
                    + " again when that is done";
        }
        if (error != null && error.startsWith("FOREIGN")) {
            return "the dead letter cannot be put back by this version of the library, which cannot read it";
        }
        if (error != null && error.startsWith("DEPOSED")) {
            return "this instance does not own the journal of the partition, or not any more";
        }
        if (error != null && error.startsWith("HISTORY")) {
            return "commands still go to a server of another history than that which is to be repaired; it is tried again";
        }
        return null;
    }

    private static byte[] present(List<byte @Nullable []> reply, int at) {
        return Objects.requireNonNull(reply.get(at), "A script replied with less than it should");
    }
}
