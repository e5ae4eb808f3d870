package io.crema.benchmarks;

import io.crema.EntryOptions;
import io.crema.TieredCache;
import io.crema.policy.Near;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** A clear of a cache with few entries and with many, without a near tier and with one of up to 10,000 of them. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClearCost {

    private static final int FEW = 1_000;
    private static final int MANY = 1_000_000;

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

    /** Cleared. */
    public abstract static class Cleared extends Filled {

        Cleared(int entries, Near near) {
            super(entries, near, EntryOptions.defaults());
        }

        @Override
        void operate(TieredCache<String, byte[]> on) {
            on.clear();
        }
    }

    /** In Redis only. */
    public static class FarThousand extends Cleared {

        public FarThousand() {
            super(FEW, Near.none());
        }
    }

    /** In Redis only. */
    public static class FarMillion extends Cleared {

        public FarMillion() {
            super(MANY, Near.none());
        }
    }

    /** All of them near. */
    public static class NearThousand extends Cleared {

        public NearThousand() {
            super(FEW, Near.entries(Filled.MOST_NEAR));
        }
    }

    /** A hundredth of them near. */
    public static class NearMillion extends Cleared {

        public NearMillion() {
            super(MANY, Near.entries(Filled.MOST_NEAR));
        }
    }
}
