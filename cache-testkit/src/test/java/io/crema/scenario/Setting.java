package io.crema.scenario;

import io.crema.LoadingTieredCache;
import java.util.Arrays;
import java.util.List;

/** One of the configurations that each scenario is run over. */
record Setting(Tiers tiers, EntryPoint entryPoint) {

    /** Which of a cache's two sets of methods is called. */
    enum EntryPoint {
        SYNCHRONOUS,
        ASYNCHRONOUS
    }

    static List<Setting> all() {
        return Arrays.stream(Tiers.values())
                .flatMap(tiers -> Arrays.stream(EntryPoint.values()).map(point -> new Setting(tiers, point)))
                .toList();
    }

    static List<Setting> withRemote() {
        return all().stream().filter(setting -> setting.tiers().hasRemote()).toList();
    }

    boolean isSynchronous() {
        return entryPoint == EntryPoint.SYNCHRONOUS;
    }

    Calls calls(LoadingTieredCache<String, String> cache) {
        return isSynchronous() ? new SyncCalls(cache) : new AsyncCalls(cache);
    }

    @Override
    public String toString() {
        return tiers + ", " + entryPoint;
    }
}
