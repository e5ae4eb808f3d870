package io.crema.spi;

import java.util.List;

/**
 * The present versions of tags.
 *
 * @param clock the clock of the tag partition, not older than any of them
 * @param versions one for each tag, in the order asked
 */
public record TagReply(long clock, List<TagVersion> versions) {

    public TagReply {
        versions = List.copyOf(versions);
    }
}
