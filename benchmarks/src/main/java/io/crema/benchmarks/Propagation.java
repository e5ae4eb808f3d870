package io.crema.benchmarks;

import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.PlainCodec;
import io.crema.redis.internal.wire.Message;
import io.crema.spi.KeyCodec;
import io.crema.testkit.BusFaults;
import io.crema.testkit.FaultyRemote;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From the call of an invalidation in one instance until another one no longer has the entry near, at {@value
 * #PER_SECOND} a second over {@value #KEYS} keys, popular ones more often; beside messages of the same size, of the same
 * keys at the same rate, by Lettuce alone. Nobody waits for an answer before the next call, so that a slow one delays no
 * other. Both ends are in one JVM, for they must share a clock.
 */
final class Propagation {

    static final int KEYS = 10_000;
    static final int PER_SECOND = 1_000;

    /** The length of a key in a message. */
    private static final int LENGTH_BYTES = 2;

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Propagation() {}

    /** The other instance reads as often as is invalidated, so that it has what it is told to drop. */
    static final class OfCrema implements Probe {

        private final Arrivals arrivals = new Arrivals(Workload.keys(KEYS));

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) throws InterruptedException {
            RedisRemote remote = RedisRemote.builder(Server.uri())
                    .namespace(Server.NAMESPACE)
                    .build();
            try (Crema here = Server.crema();
                    Crema there = Crema.builder()
                            .remote(FaultyRemote.wrap(remote, BusFaults.none().observedBy((cache, message) -> {
                                // The message has been applied when the observer is told.
                                long now = System.nanoTime();
                                message.keys()
                                        .forEach(key -> arrivals.arrived(
                                                KeyCodec.<String>standard().decode(key), now));
                            })))
                            .nodeName("bench-there")
                            .build()) {
                TieredCache<String, byte[]> caller = cache(here);
                TieredCache<String, byte[]> listener = cache(there);
                Server.await("the first message", LIMIT, () -> {
                    caller.invalidate("of nobody");
                    return listener.stats().invalidationsReceived() > 0;
                });
                AtomicBoolean stopped = new AtomicBoolean();
                Thread reader = reader(listener, stopped);
                try {
                    return Propagation.measure(
                            time, arrivals, key -> caller.async().invalidate(key));
                } finally {
                    stopped.set(true);
                    reader.join();
                }
            }
        }

        private static TieredCache<String, byte[]> cache(Crema crema) {
            return crema.<String, byte[]>cache("propagation")
                    .codec(PlainCodec.bytes())
                    .near(Near.entries(2 * KEYS))
                    .expiration(Expiration.fresh(Duration.ofMinutes(30)))
                    .build();
        }

        private static Thread reader(TieredCache<String, byte[]> cache, AtomicBoolean stopped) {
            byte[] value = Workload.value(L2Hit.VALUE_BYTES);
            String[] order = Workload.zipf(KEYS);
            Thread thread = new Thread(
                    () -> {
                        Rhythm rhythm = new Rhythm(PER_SECOND);
                        // Backwards, so that it does not read what is invalidated at the same moment.
                        for (int i = order.length - 1; !stopped.get(); i = i == 0 ? order.length - 1 : i - 1) {
                            rhythm.awaitNext();
                            byte[] unused = cache.get(order[i], key -> value);
                        }
                    },
                    "bench-reader");
            thread.setDaemon(true);
            thread.start();
            return thread;
        }
    }

    static final class OfLettuce implements Probe {

        private static final byte[] CHANNEL = (Server.NAMESPACE + ":raw").getBytes(StandardCharsets.UTF_8);

        private final Arrivals arrivals = new Arrivals(Workload.keys(KEYS));

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) {
            int keyBytes = Workload.keys(1)[0].length();
            RedisClient client = Server.client();
            try {
                StatefulRedisPubSubConnection<byte[], byte[]> subscriber =
                        client.connectPubSub(ByteArrayCodec.INSTANCE);
                subscriber.addListener(new RedisPubSubAdapter<byte[], byte[]>() {
                    @Override
                    public void message(byte[] channel, byte[] message) {
                        long now = System.nanoTime();
                        arrivals.arrived(new String(message, 0, keyBytes, StandardCharsets.US_ASCII), now);
                    }
                });
                subscriber.sync().subscribe(CHANNEL);
                RedisAsyncCommands<byte[], byte[]> publisher =
                        Server.connect(client).async();
                int encoded = KeyCodec.standard().encode(Workload.keys(1)[0]).length;
                int bytes = Message.HEADER_BYTES + LENGTH_BYTES + encoded;
                return Propagation.measure(
                        time,
                        arrivals,
                        key -> publisher.publish(
                                CHANNEL, Arrays.copyOf(key.getBytes(StandardCharsets.US_ASCII), bytes)));
            } finally {
                Server.close(client);
            }
        }
    }

    private static Map<Figure, Double> measure(
            Duration time, Arrivals arrivals, Function<String, CompletionStage<?>> invalidation) {
        String[] order = Workload.zipf(KEYS);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        int warmUp = Math.toIntExact(WARM_UP.toSeconds() * PER_SECOND);
        int measured = Math.toIntExact(time.toSeconds() * PER_SECOND);
        Rhythm rhythm = new Rhythm(PER_SECOND);
        long first = 0;
        for (int i = 0; i < warmUp + measured; i++) {
            rhythm.awaitNext();
            String key = order[i % order.length];
            long now = System.nanoTime();
            if (i < warmUp) {
                first = now;
                arrivals.unmeasured(key, now);
            } else {
                arrivals.measured(key, now);
            }
            invalidation.apply(key).whenComplete((done, failed) -> {
                if (failed != null) {
                    failure.set(failed);
                }
            });
        }
        double seconds = (double) (System.nanoTime() - first) / TimeUnit.SECONDS.toNanos(1);
        // One that failed may come twice, one that was lost does not come: those after it were paired wrongly.
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("An invalidation failed", failed);
        }
        Server.await("the arrival of all invalidations", LIMIT, () -> arrivals.underWay() == 0);
        if (arrivals.unexpected() > 0) {
            throw new IllegalStateException(arrivals.unexpected() + " invalidations arrived that nobody called for");
        }
        Map<Figure, Double> figures = arrivals.figures();
        figures.put(Figure.RATE, measured / seconds);
        return figures;
    }
}
