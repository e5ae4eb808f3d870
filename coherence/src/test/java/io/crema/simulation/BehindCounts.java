package io.crema.simulation;

/** How often each check of a simulation of writes behind had something to check. */
final class BehindCounts {

    long kept;
    long acknowledged;
    long calls;
    long retries;
    long coalesced;
    long superseded;
    long buried;
    long revived;
    long rejected;
    long takeovers;
    long lateWrites;
    long ownReads;
    long othersReads;
    long deaths;
    long drains;
    long forgotten;

    @Override
    public String toString() {
        return kept + " writes kept, " + acknowledged + " acknowledged, " + rejected + " rejected; " + calls
                + " writes of the origin, " + retries + " of them again, " + lateWrites + " refused there by their id; "
                + coalesced + " not needed, " + superseded + " of them taken out before, " + buried + " given up, "
                + revived + " put back; " + takeovers
                + " takeovers, " + deaths + " deaths, " + drains + " drained, " + forgotten + " forgotten; " + ownReads
                + " own reads and " + othersReads + " others' checked against a write";
    }
}
