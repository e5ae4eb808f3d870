package io.crema.spi;

/** The answer to a fill or a put. */
public sealed interface StoreReply {

    /**
     * The value was stored.
     *
     * @param stamp the partition's clock when it was
     * @param loadedAt server time of its load in milliseconds
     */
    record Stored(long stamp, long loadedAt) implements StoreReply {}

    /** The value was not stored, and the remote tier is as if it had not been offered. */
    record Refused() implements StoreReply {}

    /**
     * A put-if-absent could not be decided, and nothing has changed: the key is in quarantine, or holds something that this
     * version cannot read.
     *
     * @param reason why, and what to do
     */
    record Undecided(String reason) implements StoreReply {}

    /**
     * The value was not stored, because its origin version is below the least that is accepted now. A lease stays. A value
     * without an origin version is never too old.
     *
     * @param least the least origin version that is accepted
     */
    record TooOld(long least) implements StoreReply {}

    /** The write was not accepted, because the journal of its partition is full; nothing has changed. */
    record Full() implements StoreReply {}
}
