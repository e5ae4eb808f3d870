package io.crema.benchmarks;

import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A put or an invalidation that Redis has executed and announced, beside a write and a message by Lettuce alone. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Writes {

    static final int MARK_BYTES = 8;

    @Benchmark
    public void putCrema(OverRedis state, Workload.Step step) {
        state.cache.put(state.keys[step.next()], state.value);
    }

    @Benchmark
    public Object putLettuceSetPublish(Raw state, Workload.Step step) {
        return state.reference.setAndPublish(state.keys[step.next()], state.value);
    }

    @Benchmark
    public Object putLettuceEvalsha(Raw state, Workload.Step step) {
        return state.reference.evalSetAndPublish(state.keys[step.next()], state.value);
    }

    @Benchmark
    public void invalidateCrema(OverRedis state, Workload.Step step) {
        state.cache.invalidate(state.keys[step.next()]);
    }

    /** A small mark instead of the value: what others would find who look. */
    @Benchmark
    public Object invalidateLettuceSetPublish(Raw state, Workload.Step step) {
        return state.reference.setAndPublish(state.keys[step.next()], state.mark);
    }

    @Benchmark
    public Object invalidateLettuceDelPublish(Raw state, Workload.Step step) {
        return state.reference.deleteAndPublish(state.keys[step.next()]);
    }

    @Benchmark
    public Object invalidateLettuceEvalsha(Raw state, Workload.Step step) {
        return state.reference.evalDeleteAndPublish(state.keys[step.next()]);
    }

    /** Two tiers; this instance is the only one that listens. */
    @State(Scope.Benchmark)
    public static class OverRedis {

        final String[] keys = Workload.keys(Workload.Step.KEYS);
        final byte[] value = Workload.value(L2Hit.VALUE_BYTES);
        private final Crema crema = Server.crema();
        final TieredCache<String, byte[]> cache = crema.<String, byte[]>cache("writes")
                .codec(PlainCodec.bytes())
                .near(Near.entries(2 * Workload.Step.KEYS))
                .expiration(Expiration.fresh(Duration.ofMinutes(30)))
                .build();

        @TearDown
        public void close() {
            crema.close();
        }
    }

    /** Lettuce alone; nobody listens. */
    @State(Scope.Benchmark)
    public static class Raw {

        final byte[] value = Workload.value(L2Hit.VALUE_BYTES);
        final byte[] mark = Workload.value(MARK_BYTES);
        final byte[][] keys = Reference.keys(Workload.Step.KEYS);
        final Reference reference = new Reference();

        @TearDown
        public void close() {
            reference.close();
        }
    }
}
