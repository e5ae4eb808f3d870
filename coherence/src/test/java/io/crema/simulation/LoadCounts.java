package io.crema.simulation;

/** How often each check of a simulation of loads had something to check. */
final class LoadCounts {

    long loads;
    long reads;
    long staleReads;
    long beside;
    long holds;
    long fresh;
    long survived;
    long revalidated;
    long soft;
    long floors;
    long given;

    @Override
    public String toString() {
        return loads + " loads, " + reads + " reads, " + staleReads + " stale, " + floors + " checked against a write; "
                + beside + " loads beside another, " + holds + " after a failure, " + fresh
                + " with something there, " + survived + " failed reads, " + revalidated
                + " reads to be answered at once, "
                + soft + " within the soft timeout; " + given + " loads given up";
    }
}
