package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.wire.ServerClock;

/** What belongs to one connection for commands. */
final class Session {

    final Link link;
    final BatchReader reader;

    Session(Link link, ServerClock clock) {
        this.link = link;
        this.reader = new BatchReader(link, clock);
    }
}
