package io.crema.internal.entry;

import io.crema.spi.TagVersion;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What may be a tag: text that has one form in UTF-8, and not too much of it. */
public final class TagNames {

    private TagNames() {}

    /**
     * The tags of one entry, each once.
     *
     * @throws IllegalArgumentException if one is no tag, or there are too many
     */
    public static List<String> requireTags(Collection<String> tags) {
        Set<String> distinct = new LinkedHashSet<>();
        for (String tag : Objects.requireNonNull(tags, "tags")) {
            distinct.add(requireTag(tag));
        }
        if (distinct.size() > TagVersion.MAX_TAGS) {
            throw new IllegalArgumentException(
                    "an entry may have " + TagVersion.MAX_TAGS + " tags, but " + distinct.size() + " are given");
        }
        return List.copyOf(distinct);
    }

    /** @throws IllegalArgumentException if it is no tag */
    public static String requireTag(String tag) {
        Objects.requireNonNull(tag, "a tag is null");
        int bytes = 0;
        for (int i = 0; i < tag.length(); i++) {
            int point = tag.codePointAt(i);
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException(
                        "a tag has half of a surrogate pair at index " + i + ", which UTF-8 cannot write");
            }
            if (Character.isSupplementaryCodePoint(point)) {
                i++;
            }
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        }
        if (bytes == 0 || bytes > TagVersion.MAX_TAG_BYTES) {
            throw new IllegalArgumentException(
                    "a tag must have 1 to " + TagVersion.MAX_TAG_BYTES + " bytes in UTF-8, but has " + bytes);
        }
        return tag;
    }
}
