package io.crema.testkit;

import java.nio.ByteBuffer;

/** What a proxy reads into, one for all its connections: a read is passed on or copied before the next. */
final class ProxyBuffer {

    static final int CAPACITY = 64 * 1024;

    private final ByteBuffer bytes = ByteBuffer.allocate(PushFilter.LONGEST_HEAD + CAPACITY);

    /** Room to read into, behind room for what a {@link PushFilter} holds back. */
    ByteBuffer clear(int limit) {
        return bytes.clear().position(PushFilter.LONGEST_HEAD).limit(PushFilter.LONGEST_HEAD + limit);
    }

    /** Ends the reading: position and limit are around what was read. */
    ByteBuffer flip() {
        return bytes.limit(bytes.position()).position(PushFilter.LONGEST_HEAD);
    }
}
