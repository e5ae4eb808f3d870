package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Lane;
import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.client.ServerInfo;
import io.crema.redis.internal.wire.ServerClock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/** What belongs to one connection for commands: a reader for each hash slot, since one MGET asks for keys of one. */
final class Session {

    final Link link;
    final ServerInfo server;
    private final ServerClock clock;
    private final IntFunction<Lane> lanes;
    private final Map<Integer, BatchReader> readers = new ConcurrentHashMap<>();

    /** @param lanes where to read what this connection redirects, by slot */
    Session(Link link, ServerInfo server, ServerClock clock, IntFunction<Lane> lanes) {
        this.link = link;
        this.server = server;
        this.clock = clock;
        this.lanes = lanes;
    }

    BatchReader reader(int slot) {
        BatchReader reader = readers.get(slot);
        return reader == null
                ? readers.computeIfAbsent(slot, absent -> new BatchReader(link, clock, lanes.apply(slot)))
                : reader;
    }
}
