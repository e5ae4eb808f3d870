package io.crema.testkit;

/** What an {@link InMemoryRemote} is asked to do; tests count and disturb by it. */
public enum Operation {
    OPEN,
    READ,
    READ_ALL,
    LEASE,
    FILL,
    RELEASE,
    PUT,
    PUT_IF_ABSENT,
    INVALIDATE,
    CLEAR,
    REPAIR,
    /** On the bus's connection, as are the next two. */
    SUBSCRIBE,
    POSITION,
    HEARTBEAT;

    /** Whether it goes over the bus's connection, in order with the messages. */
    public boolean onBus() {
        return this == SUBSCRIBE || this == POSITION || this == HEARTBEAT;
    }
}
