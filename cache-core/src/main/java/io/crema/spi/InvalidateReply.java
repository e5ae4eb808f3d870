package io.crema.spi;

import java.util.List;

/**
 * The answer to an invalidation.
 *
 * @param stamp the partition's clock after it
 * @param removed for each key, in the order asked, whether a live value was there
 */
public record InvalidateReply(long stamp, List<Boolean> removed) {

    public InvalidateReply {
        removed = List.copyOf(removed);
    }
}
