package io.crema.internal.sync;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.Partitions;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.RefusedException;
import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.sync.ReplayWindow.Contents;
import io.crema.internal.sync.ReplayWindow.Entry;
import io.crema.policy.HistoryChange;
import io.crema.spi.InvalidateReply;
import io.crema.spi.RemoteKey;
import io.crema.spi.Repair;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is done when the history of partitions changed, so that writes may be lost that this instance knows of.
 *
 * <ol>
 *   <li>The clock is moved above whatever the lost history issued, once for each history, whoever comes first.
 *   <li>By policy, the records stay and every instance makes the invalidations again that it sent or received of late, or
 *       everything is cleared.
 * </ol>
 *
 * What was written is made again as a plain invalidation, whatever is there: a record that came after the first step may
 * still be older than the lost write, since its writer may have read the origin before. What is done halfway and fails is
 * done again as a whole; all of it may be done twice.
 */
final class Repairs {

    private static final Logger LOG = System.getLogger(Repairs.class.getName());

    private final RemoteAccess access;
    private final Partitions partitions;
    private final CoherenceRules rules;
    private final HistoryChange policy;
    private final @Nullable List<ReplayWindow> windows;
    private final LongSupplier tokens;

    /** @param windows one for each partition; null for {@link HistoryChange#TRUST} */
    Repairs(
            RemoteAccess access,
            Partitions partitions,
            CoherenceRules rules,
            HistoryChange policy,
            @Nullable List<ReplayWindow> windows,
            LongSupplier tokens) {
        this.access = access;
        this.partitions = partitions;
        this.rules = rules;
        this.policy = policy;
        this.windows = windows;
        this.tokens = tokens;
    }

    /**
     * What became of one partition.
     *
     * @param failure why it has to be tried again; null = it is repaired
     * @param replayed how many invalidations were made again
     * @param clearedBecause null = it was not cleared
     */
    private record Done(
            PartitionSync sync,
            @Nullable Throwable failure,
            int replayed,
            @Nullable String clearedBecause) {}

    /** @param ended told which are repaired and which are not, when all of them have ended */
    void repair(
            List<PartitionSync> changed, String history, BiConsumer<List<PartitionSync>, List<PartitionSync>> ended) {
        CompletableFuture<List<Done>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (PartitionSync sync : changed) {
            all = all.thenCombine(repair(sync, history), (before, done) -> {
                before.add(done);
                return before;
            });
        }
        CompletableFuture<Void> unused = all.thenAccept(done -> {
            log(done);
            ended.accept(
                    done.stream()
                            .filter(one -> one.failure == null)
                            .map(Done::sync)
                            .toList(),
                    done.stream()
                            .filter(one -> one.failure != null)
                            .map(Done::sync)
                            .toList());
        });
    }

    private CompletableFuture<Done> repair(PartitionSync sync, String history) {
        return switch (policy) {
            case TRUST -> begin(sync, history, Repair.KEEP).thenApply(failure -> new Done(sync, failure, 0, null));
            case CLEAR -> clear(sync, history, "that is its policy");
            case REPLAY -> {
                boolean known = sync.replayCovers(window(sync).isComplete());
                yield known ? replay(sync, history) : clear(sync, history, sync.whyNot());
            }
        };
    }

    private ReplayWindow window(PartitionSync sync) {
        return Objects.requireNonNull(windows).get(sync.partition().index());
    }

    /** Gives why it failed, or null. */
    private CompletableFuture<@Nullable Throwable> begin(PartitionSync sync, String history, Repair repair) {
        Partition partition = sync.partition();
        return access.repair(partition.index(), history, repair, partition.highest())
                .thenApply(clock -> {
                    if (clock.isEmpty()) {
                        return clock.reason();
                    }
                    // Before the window is looked at: whoever notes a write looks at the epoch afterwards.
                    partition.startEpoch(clock.get());
                    return null;
                });
    }

    /** What this instance knows of is made again all the same: it may be newer than what others stored since. */
    private CompletableFuture<Done> clear(PartitionSync sync, String history, String why) {
        return begin(sync, history, Repair.CLEAR)
                .thenCompose(failure -> failure != null || windows == null
                        ? CompletableFuture.completedFuture(new Done(sync, failure, 0, why))
                        : execute(sync, window(sync).contents(), why));
    }

    private CompletableFuture<Done> replay(PartitionSync sync, String history) {
        return begin(sync, history, Repair.KEEP).thenCompose(failure -> {
            Contents contents = window(sync).contents();
            if (failure != null) {
                return CompletableFuture.completedFuture(new Done(sync, failure, 0, null));
            } else if (!contents.complete() || isTags(sync) && contents.cleared()) {
                // Tags have no clear of their own; what cleared them was a repair.
                return clear(sync, history, sync.whyNot());
            }
            return execute(sync, contents, null);
        });
    }

    private boolean isTags(PartitionSync sync) {
        return sync.partition() == partitions.ofTags();
    }

    /** One request after the other: the last of many would wait too long. */
    private CompletableFuture<Done> execute(PartitionSync sync, Contents contents, @Nullable String clearedBecause) {
        List<Supplier<CompletableFuture<Answer<Long>>>> requests = new ArrayList<>();
        Partition partition = sync.partition();
        if (contents.cleared() && !isTags(sync)) {
            requests.add(() -> access.clear(partition.index(), partition.highest()));
        }
        if (isTags(sync)) {
            contents.entries().forEach(entry -> requests.add(() -> invalidateTag(partition, entry.key())));
        } else {
            byOriginVersion(contents).forEach((version, keys) -> {
                for (List<RemoteKey> part : RemoteAccess.partsOfAWrite(keys)) {
                    requests.add(() -> access.invalidate(partition.index(), part, version, partition.highest())
                            .thenApply(answer -> answer.map(InvalidateReply::stamp)));
                }
            });
        }
        CompletableFuture<@Nullable Throwable> all = CompletableFuture.completedFuture(null);
        for (Supplier<CompletableFuture<Answer<Long>>> request : requests) {
            all = all.thenCompose(failure -> failure != null
                    ? CompletableFuture.completedFuture(failure)
                    : request.get().thenApply(answer -> failureOf(answer, partition)));
        }
        int replayed = contents.entries().size() + (contents.cleared() ? 1 : 0);
        return all.thenApply(failure -> new Done(sync, failure, replayed, clearedBecause));
    }

    private @Nullable Throwable failureOf(Answer<Long> stamp, Partition partition) {
        if (stamp.isEmpty()) {
            return stamp.reason();
        }
        return rules.countsAsExecuted(stamp.get(), partition.epoch())
                ? null
                : new IllegalStateException("the answer is of a history that has been replaced");
    }

    private CompletableFuture<Answer<Long>> invalidateTag(Partition partition, RemoteKey tag) {
        String name = new String(tag.bytes(), StandardCharsets.UTF_8);
        return access.invalidateTag(name, tokens.getAsLong(), partition.highest());
    }

    private static Map<Long, List<RemoteKey>> byOriginVersion(Contents contents) {
        Map<Long, List<RemoteKey>> keys = new LinkedHashMap<>();
        for (Entry entry : contents.entries()) {
            keys.computeIfAbsent(entry.originVersion(), version -> new ArrayList<>())
                    .add(entry.key());
        }
        return keys;
    }

    /** One line, whatever the number of partitions. */
    private void log(List<Done> all) {
        if (all.stream().allMatch(one -> one.failure instanceof RefusedException)) {
            // The breaker has said so; this would come at every heartbeat until it lets something through.
            return;
        }
        List<String> parts = new ArrayList<>();
        List<Done> repaired = all.stream().filter(one -> one.failure == null).toList();
        long kept = repaired.stream().filter(one -> one.clearedBecause == null).count();
        int replayed = repaired.stream().mapToInt(Done::replayed).sum();
        if (kept > 0) {
            parts.add(
                    policy == HistoryChange.TRUST
                            ? "trusted " + kept + ", as is its policy"
                            : "replayed " + replayed + " invalidations and kept all else in " + kept);
        }
        if (kept < repaired.size()) {
            Set<String> reasons = new TreeSet<>();
            repaired.forEach(one -> {
                if (one.clearedBecause != null) {
                    reasons.add(one.clearedBecause);
                }
            });
            parts.add("cleared " + (repaired.size() - kept) + ", because " + String.join("; ", reasons));
        }
        all.stream()
                .filter(one -> one.failure != null)
                .findFirst()
                .ifPresent(one -> parts.add("failed for " + (all.size() - repaired.size())
                        + ", which are not read until a next attempt succeeds: " + one.failure));
        LOG.log(
                Level.WARNING,
                "Cache '" + access.cache().name()
                        + "': the remote tier's history changed (restart, failover, flush, moved"
                        + " slot) for " + all.size() + " of " + partitions.all().size() + " partitions: "
                        + String.join("; ", parts));
    }
}
