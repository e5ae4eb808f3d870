package io.crema.simulation;

import io.crema.CacheStats;

/** What happened in many runs, to say that the checks had something to check. */
final class Counts {

    long runs;
    long checked;
    long nearHits;
    long remoteHits;
    long fillsRefused;
    long gaps;
    long resyncsKept;

    void add(CacheStats stats) {
        nearHits += stats.nearHits();
        remoteHits += stats.remoteHits();
        fillsRefused += stats.fillsRefused();
        gaps += stats.gaps();
        resyncsKept += stats.resyncsKept();
    }

    @Override
    public String toString() {
        return runs + " runs, " + checked + " reads checked, " + nearHits + " near hits, " + remoteHits
                + " remote hits, " + fillsRefused + " fills refused, " + gaps + " gaps, " + resyncsKept
                + " resyncs kept";
    }
}
