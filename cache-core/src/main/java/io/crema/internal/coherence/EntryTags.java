package io.crema.internal.coherence;

import io.crema.spi.TagVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The versions that the tags of one entry had, at least one, and the generation of the tag partition in which they did.
 * Immutable, and shared by entries of the same tags, so that a hit finds it where other hits have.
 */
public final class EntryTags {

    private static final KnownVersion[] NONE = {};

    /** The partition that holds the tags. */
    public final Partition partition;

    /** Another one makes the entry suspect. */
    public final long generation;

    private final CoherenceRules rules;

    /** Not in the array, so that a hit on an entry of one tag reads no array. */
    private final KnownVersion first;

    private final KnownVersion[] others;

    private EntryTags(Partition partition, long generation, CoherenceRules rules, List<KnownVersion> versions) {
        this.partition = partition;
        this.generation = generation;
        this.rules = rules;
        this.first = versions.get(0);
        this.others = versions.size() == 1
                ? NONE
                : versions.subList(1, versions.size()).toArray(NONE);
    }

    static EntryTags of(Partition partition, long generation, CoherenceRules rules, List<KnownVersion> versions) {
        KnownVersion first = versions.get(0);
        EntryTags last = first.lastUsedIn();
        if (last != null && last.generation == generation && last.versions().equals(versions)) {
            return last;
        }
        EntryTags made = new EntryTags(partition, generation, rules, versions);
        first.lastUsedIn(made);
        return made;
    }

    private List<KnownVersion> versions() {
        List<KnownVersion> all = new ArrayList<>(1 + others.length);
        all.add(first);
        Collections.addAll(all, others);
        return all;
    }

    /** Whether a tag is known to have another version now; one field for each. */
    public boolean areSuperseded() {
        if (first.isSuperseded()) {
            return true;
        }
        for (KnownVersion version : others) {
            if (version.isSuperseded()) {
                return true;
            }
        }
        return false;
    }

    /** Whether an entry may be served as far as its tags are concerned, under a lease of their partition. */
    public boolean areCurrent() {
        return rules.mayServeTagged(generation, partition.generation(), areSuperseded());
    }

    /** Whether a value that was read from the origin after that moment may be kept with these versions. */
    public boolean mayKeepLoaded(TagTable.Moment before) {
        return generation == before.generation()
                && areCurrent()
                && versions().stream().allMatch(version -> rules.mayEmbed(version.stamp, before.clock()));
    }

    /** Whether a record in which other versions are embedded is alive; they are in the same order. */
    public boolean match(List<TagVersion> embedded) {
        List<KnownVersion> versions = versions();
        for (int i = 0; i < versions.size(); i++) {
            TagVersion other = embedded.get(i);
            KnownVersion mine = versions.get(i);
            if (mine.stamp < partition.floor()
                    || !rules.sameVersion(mine.stamp, mine.token, other.stamp(), other.token())) {
                return false;
            }
        }
        return true;
    }

    /** Whether one of the versions embedded in a record is newer than what is known here, so that this says nothing. */
    public boolean areBehind(List<TagVersion> embedded) {
        List<KnownVersion> versions = versions();
        for (int i = 0; i < versions.size(); i++) {
            if (rules.supersedes(embedded.get(i).stamp(), versions.get(i).stamp)) {
                return true;
            }
        }
        return false;
    }

    public List<TagVersion> toEmbed() {
        return versions().stream()
                .map(version -> new TagVersion(version.tag.name, version.stamp, version.token))
                .toList();
    }

    public List<String> names() {
        return versions().stream().map(version -> version.tag.name).toList();
    }
}
