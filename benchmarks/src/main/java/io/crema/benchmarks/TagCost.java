package io.crema.benchmarks;

import io.crema.EntryOptions;
import io.crema.TieredCache;
import io.crema.policy.Near;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** An invalidation of a tag that few entries have and many, without a near tier and with one of up to 10,000 of them. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TagCost {

    private static final String TAG = "all";

    @Benchmark
    public void farThousand(FarThousand state) {
        state.operate(state.cache);
    }

    @Benchmark
    public void farMillion(FarMillion state) {
        state.operate(state.cache);
    }

    @Benchmark
    public void nearThousand(NearThousand state) {
        state.operate(state.cache);
    }

    @Benchmark
    public void nearMillion(NearMillion state) {
        state.operate(state.cache);
    }

    /** Invalidated by the tag that all entries have. */
    public abstract static class Tagged extends Filled {

        Tagged(int entries, Near near) {
            super(entries, near, EntryOptions.defaults().tags(TAG));
        }

        @Override
        void operate(TieredCache<String, byte[]> on) {
            on.invalidateTag(TAG);
        }
    }

    /** In Redis only. */
    public static class FarThousand extends Tagged {

        public FarThousand() {
            super(FEW, Near.none());
        }
    }

    /** In Redis only. */
    public static class FarMillion extends Tagged {

        public FarMillion() {
            super(MANY, Near.none());
        }
    }

    /** All of them near. */
    public static class NearThousand extends Tagged {

        public NearThousand() {
            super(FEW, Near.entries(MOST_NEAR));
        }
    }

    /** A hundredth of them near. */
    public static class NearMillion extends Tagged {

        public NearMillion() {
            super(MANY, Near.entries(MOST_NEAR));
        }
    }
}
