package io.crema.internal.coherence;

import io.crema.spi.TagVersion;
import java.util.List;
import java.util.stream.Stream;

/** The versions that the tags of one entry had, and the generation of the tag partition in which they did. Immutable. */
public final class EntryTags {

    /** Of an entry without tags, where that has to be said. */
    private static final KnownVersion[] NONE = {};

    /** The partition that holds the tags. */
    public final Partition partition;

    /** Another one makes the entry suspect. */
    public final long generation;

    private final CoherenceRules rules;
    private final KnownVersion[] versions;

    EntryTags(Partition partition, long generation, CoherenceRules rules, List<KnownVersion> versions) {
        this.partition = partition;
        this.generation = generation;
        this.rules = rules;
        this.versions = versions.toArray(NONE);
    }

    /** Whether a tag is known to have another version now; one field for each. */
    public boolean areSuperseded() {
        for (KnownVersion version : versions) {
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
                && Stream.of(versions).allMatch(version -> rules.mayEmbed(version.stamp, before.clock()));
    }

    /** Whether a record in which other versions are embedded is alive; they are in the same order. */
    public boolean match(List<TagVersion> embedded) {
        for (int i = 0; i < versions.length; i++) {
            TagVersion other = embedded.get(i);
            KnownVersion mine = versions[i];
            if (mine.stamp < partition.floor()
                    || !rules.sameVersion(mine.stamp, mine.token, other.stamp(), other.token())) {
                return false;
            }
        }
        return true;
    }

    /** Whether one of the versions embedded in a record is newer than what is known here, so that this says nothing. */
    public boolean areBehind(List<TagVersion> embedded) {
        for (int i = 0; i < versions.length; i++) {
            if (rules.supersedes(embedded.get(i).stamp(), versions[i].stamp)) {
                return true;
            }
        }
        return false;
    }

    public List<TagVersion> toEmbed() {
        return Stream.of(versions)
                .map(version -> new TagVersion(version.tag.name, version.stamp, version.token))
                .toList();
    }

    public List<String> names() {
        return Stream.of(versions).map(version -> version.tag.name).toList();
    }
}
