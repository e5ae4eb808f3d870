package io.crema.coherence;

import io.crema.internal.coherence.CoherenceRules;
import java.util.concurrent.atomic.LongAdder;

/** The rules of the protocol, with a count of how often some of them said no. */
class CountingRules extends CoherenceRules {

    private final LongAdder suspects = new LongAdder();
    private final LongAdder installsRefused = new LongAdder();
    private final ThreadLocal<boolean[]> confirmed = ThreadLocal.withInitial(() -> new boolean[1]);

    @Override
    public boolean revalidates(Freshness freshness, long entryToken, long recordToken) {
        suspects.increment();
        boolean same = super.revalidates(freshness, entryToken, recordToken);
        if (same) {
            confirmed.get()[0] = true;
        }
        return same;
    }

    @Override
    public boolean mayInstall(boolean detached, long generation, long partitionGeneration) {
        boolean may = super.mayInstall(detached, generation, partitionGeneration);
        if (!may) {
            installsRefused.increment();
        }
        return may;
    }

    @Override
    public boolean keepsOld(long oldStamp, long oldLoadedAt, long stamp, long loadedAt) {
        boolean keeps = super.keepsOld(oldStamp, oldLoadedAt, stamp, loadedAt);
        if (keeps) {
            installsRefused.increment();
        }
        return keeps;
    }

    /** Whether what memory held was confirmed by Redis on this thread since the last call. */
    boolean takeConfirmed() {
        boolean[] mine = confirmed.get();
        boolean was = mine[0];
        mine[0] = false;
        return was;
    }

    long suspects() {
        return suspects.sum();
    }

    long installsRefused() {
        return installsRefused.sum();
    }
}
