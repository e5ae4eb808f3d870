package io.crema.internal.engine;

import io.crema.internal.coherence.EntryTags;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.RemoteAccess;
import io.crema.spi.TagReply;
import io.crema.spi.TagVersion;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Brings the versions of tags, from wherever they are known well enough. An empty answer: they cannot be read. */
final class TagReader {

    /** Longer than every entry, so that a version that is gone says that its entries are. */
    private static final long KEPT_AFTER_ENTRY_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private final TagTable table;
    private final @Nullable RemoteAccess remote;

    /** @param remote null without a remote tier, and until it is first reached */
    TagReader(TagTable table, @Nullable RemoteAccess remote) {
        this.table = table;
        this.remote = remote;
    }

    TagTable table() {
        return table;
    }

    /** How new versions have to be. */
    enum Source {
        /** What this instance knows will do, under the lease of the tag partition. */
        KNOWN,
        /** What the remote tier's primary says now. */
        PRIMARY
    }

    /**
     * The present versions.
     *
     * @param entryMillis how long the entry lives for which they are read
     */
    CompletableFuture<Answer<EntryTags>> read(List<String> names, long entryMillis, Source source) {
        RemoteAccess access = remote;
        if (access == null) {
            return CompletableFuture.completedFuture(Answer.of(table.ofThisInstance(names)));
        }
        EntryTags known = source == Source.KNOWN ? table.known(names) : null;
        return known != null ? CompletableFuture.completedFuture(Answer.of(known)) : ask(access, names, entryMillis);
    }

    /** The present versions of the tags of a record, which may tell that this instance is behind. */
    CompletableFuture<Answer<EntryTags>> readFor(List<TagVersion> embedded, long entryMillis, Source source) {
        List<String> names = embedded.stream().map(TagVersion::tag).toList();
        EntryTags known = source == Source.KNOWN ? table.known(names) : null;
        boolean enough = known != null && !known.areBehind(embedded);
        return read(names, entryMillis, enough ? Source.KNOWN : Source.PRIMARY);
    }

    private CompletableFuture<Answer<EntryTags>> ask(RemoteAccess access, List<String> names, long entryMillis) {
        if (table.partition().inDoubt()) {
            return CompletableFuture.completedFuture(
                    Answer.none(new IllegalStateException("the history of the tag partition changed")));
        }
        TagTable.Question question = table.ask(names);
        return access.tagVersions(
                        names,
                        entryMillis + KEPT_AFTER_ENTRY_MILLIS,
                        table.partition().highest())
                .thenApply(answer -> answer.isEmpty() ? Answer.none(answer.reason()) : told(question, answer.get()));
    }

    private static Answer<EntryTags> told(TagTable.Question question, TagReply reply) {
        EntryTags versions = question.answered(reply);
        return versions == null
                ? Answer.none(new IllegalStateException("the clock of the tag partition went back"))
                : Answer.of(versions);
    }
}
