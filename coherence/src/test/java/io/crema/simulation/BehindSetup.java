package io.crema.simulation;

import io.crema.CacheWriter;
import io.crema.spi.RemoteCache;
import io.crema.testkit.InMemoryServer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a simulation of writes behind runs: the library as it is, or something that breaks its promises.
 *
 * @param tampering what is done to the remote tier, for all instances of a run; made anew for each
 * @param writer what is done to the writer
 */
record BehindSetup(
        Function<InMemoryServer, UnaryOperator<RemoteCache>> tampering,
        UnaryOperator<CacheWriter<String, Long>> writer) {

    static BehindSetup unchanged() {
        return new BehindSetup(server -> cache -> cache, writer -> writer);
    }
}
