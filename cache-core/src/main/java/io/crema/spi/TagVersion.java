package io.crema.spi;

import java.util.Objects;

/**
 * The version of an invalidation tag. Two are the same if stamp and token are; order is by stamp alone.
 *
 * @param tag its name
 * @param stamp the clock of the tag partition when it was made
 * @param token random identity of what made it
 */
public record TagVersion(String tag, long stamp, long token) {

    /** The longest tag, in bytes of UTF-8. */
    public static final int MAX_TAG_BYTES = 255;

    /** The most tags of one entry. */
    public static final int MAX_TAGS = 64;

    public TagVersion {
        Objects.requireNonNull(tag, "tag");
    }
}
