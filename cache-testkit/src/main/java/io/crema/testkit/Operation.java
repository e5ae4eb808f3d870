package io.crema.testkit;

/** What an {@link InMemoryRemote} is asked to do; tests count and disturb by it. */
public enum Operation {
    OPEN,
    READ,
    READ_ALL,
    LEASE,
    FILL,
    RENEW,
    RELEASE,
    PUT,
    PUT_IF_ABSENT,
    INVALIDATE,
    EXPIRE,
    QUARANTINE,
    END_QUARANTINE,
    TAG_VERSIONS,
    INVALIDATE_TAG,
    CLEAR,
    REPAIR,
    /** On the journal, as are those up to {@link #MEMBERS}. */
    APPEND,
    OWN,
    READ_JOURNAL,
    WRITTEN,
    SUPERSEDED,
    BURY,
    DEAD_LETTERS,
    REVIVE,
    DROP_DEAD_LETTER,
    MEMBERS,
    /** On the bus's connections, as are the next two. */
    SUBSCRIBE,
    POSITION,
    HEARTBEAT;

    /** Whether it goes over a connection of the bus, in order with the messages. */
    public boolean onBus() {
        return this == SUBSCRIBE || this == POSITION || this == HEARTBEAT;
    }
}
