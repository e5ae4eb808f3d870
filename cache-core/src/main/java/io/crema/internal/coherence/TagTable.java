package io.crema.internal.coherence;

import io.crema.spi.TagReply;
import io.crema.spi.TagVersion;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The tags that entries, flights and fetches of this instance have. A tag lives as long as one of them holds it, and its
 * invalidation costs the same however many do. Thread-safe.
 */
public final class TagTable {

    /**
     * What is known of the tag partition at one moment.
     *
     * @param generation its generation
     * @param clock its clock, as far as this instance has seen it
     * @param events how many invalidations of tags were met
     */
    public record Moment(long generation, long clock, long events) {}

    private final Partition partition;
    private final CoherenceRules rules;
    private final ConcurrentHashMap<String, Held> tags = new ConcurrentHashMap<>();
    private final ReferenceQueue<Tag> dropped = new ReferenceQueue<>();
    private final AtomicLong events = new AtomicLong();

    public TagTable(Partition partition, CoherenceRules rules) {
        this.partition = partition;
        this.rules = rules;
    }

    private static final class Held extends WeakReference<Tag> {

        final String name;

        Held(Tag tag, ReferenceQueue<Tag> dropped) {
            super(tag, dropped);
            this.name = tag.name;
        }
    }

    /** The partition that holds the tags. */
    public Partition partition() {
        return partition;
    }

    /** To be noted before what must not be older is read. */
    public Moment now() {
        return new Moment(partition.generation(), partition.lastSeen(), events.get());
    }

    /** Whether no tag can have been invalidated since, as far as this instance knows. */
    public boolean isQuietSince(Moment before) {
        return rules.mayJoinUntagged(before.generation(), partition.generation(), before.events(), events.get());
    }

    /** A tag was invalidated: a message or the reply to an own call says so. */
    public void invalidated(String name, long stamp) {
        // Before the tag: a reader that starts later must join nothing that may carry it.
        events.incrementAndGet();
        Tag tag = find(name);
        if (tag != null) {
            tag.raise(stamp);
        }
    }

    /** A tag may have been invalidated, nobody knows: its version is asked for again. */
    public void inDoubt(String name) {
        events.incrementAndGet();
        Tag tag = find(name);
        if (tag != null) {
            tag.forget();
        }
    }

    /** The versions of tags if all are known in the present generation, else null. */
    public @Nullable EntryTags known(List<String> names) {
        long generation = partition.generation();
        List<KnownVersion> versions = new ArrayList<>(names.size());
        for (String name : names) {
            Tag tag = find(name);
            KnownVersion version = tag == null ? null : tag.current(generation);
            if (version == null) {
                return null;
            }
            versions.add(version);
        }
        return EntryTags.of(partition, generation, rules, versions);
    }

    /** A question for versions of tags, which are in the table from now on; to be made before it is sent. */
    public Question ask(List<String> names) {
        List<Tag> asked = new ArrayList<>(names.size());
        for (String name : names) {
            asked.add(obtain(name));
        }
        return new Question(asked, partition.generation(), partition.lastSeen());
    }

    /** The versions of tags of a cache that shares nothing: a tag that nobody has here was not missed here either. */
    public EntryTags ofThisInstance(List<String> names) {
        Question question = ask(names);
        long generation = question.generation;
        // After the tags are in the table: an invalidation that does not find them has a stamp that is seen here.
        long clock = partition.lastSeen();
        List<KnownVersion> versions = new ArrayList<>(names.size());
        for (Tag tag : question.asked) {
            KnownVersion known = tag.current(generation);
            versions.add(
                    known != null ? known : tag.answered(new TagVersion(tag.name, clock, 0), generation, generation));
        }
        return EntryTags.of(partition, generation, rules, versions);
    }

    /** Versions that were asked for. It holds the tags, so that the reply finds those that messages have met meanwhile. */
    public final class Question {

        private final List<Tag> asked;
        private final long generation;
        private final long clock;

        private Question(List<Tag> asked, long generation, long clock) {
            this.asked = asked;
            this.generation = generation;
            this.clock = clock;
        }

        /** The versions that a reply told; null if the reply says that the partition went back in time. */
        public @Nullable EntryTags answered(TagReply reply) {
            partition.met(reply.clock());
            if (reply.clock() < clock || reply.versions().size() != asked.size()) {
                return null;
            }
            List<KnownVersion> versions = new ArrayList<>(asked.size());
            for (int i = 0; i < asked.size(); i++) {
                versions.add(asked.get(i).answered(reply.versions().get(i), generation, partition.generation()));
            }
            return EntryTags.of(partition, generation, rules, versions);
        }
    }

    private @Nullable Tag find(String name) {
        Held held = tags.get(name);
        return held == null ? null : held.get();
    }

    private Tag obtain(String name) {
        expunge();
        for (; ; ) {
            Held held = tags.get(name);
            Tag there = held == null ? null : held.get();
            if (there != null) {
                return there;
            }
            Tag fresh = new Tag(name, rules);
            Held mine = new Held(fresh, dropped);
            boolean placed = held == null ? tags.putIfAbsent(name, mine) == null : tags.replace(name, held, mine);
            if (placed) {
                return fresh;
            }
        }
    }

    private void expunge() {
        for (Reference<? extends Tag> gone = dropped.poll(); gone != null; gone = dropped.poll()) {
            Held held = (Held) gone;
            tags.remove(held.name, held);
        }
    }

    /** How many tags are in the table; for tests. */
    int size() {
        expunge();
        return tags.size();
    }

    /** Does what the collector does to a tag that nobody holds any more; for tests. */
    void drop(String name) {
        Held held = tags.get(name);
        if (held != null) {
            held.clear();
            held.enqueue();
        }
    }
}
