package io.crema.scenarios;

import io.crema.CacheStats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What a report tells besides the bars, in the order in which it was added. */
final class Figures {

    private final Map<String, Object> figures = new LinkedHashMap<>();

    Figures add(String name, long number) {
        figures.put(name, number);
        return this;
    }

    /** A number that cannot be measured is left out. */
    Figures add(String name, double number) {
        if (!Double.isNaN(number)) {
            figures.put(name, Math.round(number * 1000) / 1000.0);
        }
        return this;
    }

    Figures add(String name, Object value) {
        figures.put(name, value);
        return this;
    }

    /** Counts, and percentiles in milliseconds of the three times of {@link Took}. */
    Figures add(String name, History.Reads reads) {
        Figures of = new Figures()
                .add("reads", reads.count())
                .add("failed", reads.failed())
                .add("olderThanFresh", reads.old())
                .add("oldestMillis", reads.oldestNanos() / 1e6);
        of.add("p50", reads.waitMillis(50));
        of.add("p99", reads.waitMillis(99));
        of.add("p999", reads.waitMillis(99.9));
        of.add("p100", reads.waitMillis(100));
        of.add("latencyP50", reads.latencyMillis(50));
        of.add("latencyP99", reads.latencyMillis(99));
        of.add("latencyP999", reads.latencyMillis(99.9));
        of.add("latencyP100", reads.latencyMillis(100));
        of.add("serviceP50", reads.serviceMillis(50));
        of.add("serviceP99", reads.serviceMillis(99));
        of.add("serviceP100", reads.serviceMillis(100));
        if (!reads.failures().isEmpty()) {
            of.add("failures", reads.failures());
        }
        return add(name, of.map());
    }

    /** What the caches counted, of all instances together. */
    Figures addStats(List<Vitals> vitals) {
        Figures of = new Figures();
        Map<String, ToLongFunction<CacheStats>> counts = new LinkedHashMap<>();
        counts.put("nearHits", CacheStats::nearHits);
        counts.put("remoteHits", CacheStats::remoteHits);
        counts.put("misses", CacheStats::misses);
        counts.put("loads", CacheStats::loads);
        counts.put("loadFailures", CacheStats::loadFailures);
        counts.put("loadTimeouts", CacheStats::loadTimeouts);
        counts.put("loadsRejected", CacheStats::loadsRejected);
        counts.put("refreshes", CacheStats::refreshes);
        counts.put("staleServed", CacheStats::staleServed);
        counts.put("remoteFailures", CacheStats::remoteFailures);
        counts.put("remoteRefused", CacheStats::remoteRefused);
        counts.forEach((name, count) ->
                of.add(name, vitals.stream().map(Vitals::stats).mapToLong(count).sum()));
        return add("caches", of.map());
    }

    Map<String, Object> map() {
        return figures;
    }
}
