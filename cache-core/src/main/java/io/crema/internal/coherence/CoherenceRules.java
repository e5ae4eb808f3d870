package io.crema.internal.coherence;

import io.crema.spi.RemoteRecord;

/**
 * Every decision of the coherence protocol, as a function of its arguments alone; the tables in its test say what each
 * gives. Times are nanoseconds of the instance's clock. {@code window} is the staleness bound less the margin by which
 * the coarse clock may be late.
 *
 * <p>Not final: a test replaces single rules to prove that its checks would notice.
 */
public class CoherenceRules {

    /** How a message fits to those before it. */
    public enum Sequence {
        IN_ORDER,
        /** The last one again: harmless. */
        DUPLICATE,
        /** At least one is missing before it. */
        GAP,
        /** Older than what was seen: the clock went back, or messages are repeated; only a resynchronisation tells. */
        WENT_BACK
    }

    /** How the clock that was read compares with what was seen. */
    public enum Resync {
        /** Nothing to compare with: as if something had been missed. */
        FIRST,
        /** Nothing was missed. */
        KEPT,
        /** Something was missed. */
        ADVANCED,
        /** The remote tier is not the one that was seen: it may have forgotten writes. */
        HISTORY_CHANGED
    }

    /** What a record of the remote tier is good for. */
    public enum Freshness {
        /** A value that may be served. */
        USABLE,
        /** Nothing, or nothing that counts any more. */
        GONE,
        /** A value whose time to live is over. */
        STALE,
        /** Somebody is loading it. */
        LEASED,
        /** Somebody is about to change the origin: it is asked, and what it says is not kept. */
        QUARANTINED,
        /** Not readable by this version; must be left alone. */
        OPAQUE
    }

    /** The stamp of a message is the clock after it, and it advanced the clock by {@code count}. */
    public Sequence sequence(long lastSeen, long stamp, int count) {
        if (stamp < lastSeen) {
            return Sequence.WENT_BACK;
        } else if (stamp == lastSeen) {
            return Sequence.DUPLICATE;
        }
        return stamp - count == lastSeen ? Sequence.IN_ORDER : Sequence.GAP;
    }

    /** A clock below what was seen is a changed history, whatever the history is called. */
    public Resync resync(boolean first, boolean sameHistory, long lastSeen, long clock) {
        if (first) {
            return Resync.FIRST;
        } else if (!sameHistory || clock < lastSeen) {
            return Resync.HISTORY_CHANGED;
        }
        return clock == lastSeen ? Resync.KEPT : Resync.ADVANCED;
    }

    /**
     * Whether a clock that was read after a heartbeat was sent confirms it where single messages may get lost: what was
     * published before is there.
     */
    public boolean confirmsRelayed(long lastSeen, long clock) {
        return clock == lastSeen;
    }

    /**
     * How many milliseconds of writes a partition may have lost, when it joins a connection that found {@code measured}.
     * One that found nothing of this instance there does not tell, if the connection that carried the partition before
     * lives on: then the partition moved to where this instance never was.
     */
    public long lostMillis(long measured, boolean moved) {
        return moved && measured == Long.MAX_VALUE ? 0 : measured;
    }

    /**
     * Whether executing again what this instance knows of covers what a changed history may have lost.
     *
     * @param sameHistory whether the clock went back although the history is called the same, which no failover does
     * @param complete whether the instance knows all that it sent and received in the last {@code coveredMillis}
     */
    public boolean replayCovers(boolean sameHistory, long lostMillis, long coveredMillis, boolean complete) {
        return !sameHistory && complete && lostMillis <= coveredMillis;
    }

    /**
     * Whether the reply to a write means that it was executed in the present history; an older stamp than that of the
     * last repair may have come from a server that was replaced.
     */
    public boolean countsAsExecuted(long stamp, long epoch) {
        return stamp >= epoch;
    }

    /**
     * Whether the clock had gone back when a write advanced it to this stamp; {@code metBefore} is the highest that was met
     * before it was sent.
     */
    public boolean wentBack(long stamp, long metBefore) {
        return stamp <= metBefore;
    }

    /** Whether everything published until {@code window} ago is known to have been applied. */
    public boolean leaseValid(long now, long confirmed, long window) {
        return now - confirmed <= window;
    }

    /** Whether an entry may be served under a valid lease, which was checked before the entry was looked up. */
    public boolean mayServe(long entryGeneration, long partitionGeneration, long now, long deadline) {
        return entryGeneration == partitionGeneration && now < deadline;
    }

    /**
     * Whether an entry may be served without a lease: what a read began to fetch less than the window ago reflects
     * everything that was invalidated longer ago than that.
     */
    public boolean mayServeUnleased(
            long entryGeneration, long partitionGeneration, long now, long deadline, long asOf, long window) {
        return mayServe(entryGeneration, partitionGeneration, now, deadline) && now - asOf < window;
    }

    /** Whether an entry may be served although nothing proves that it is within the bound, where that is asked for. */
    public boolean mayReserve(long stamp, long floor, long now, long freshUntil) {
        return stamp >= floor && now < freshUntil;
    }

    /** Whether a read that starts now may wait for a flight instead of its own. */
    public boolean mayJoin(
            long flightGeneration,
            long partitionGeneration,
            boolean leaseWasValid,
            long now,
            long flightStart,
            long window) {
        return flightGeneration == partitionGeneration && (leaseWasValid || now - flightStart < window);
    }

    /** Whether a value that was read, loaded or put may enter the near tier, where there is no entry. */
    public boolean mayInstall(boolean detached, long generation, long partitionGeneration) {
        return !detached && generation == partitionGeneration;
    }

    /** Whether an entry that may be served now must not be replaced: stamp first, then time of load. */
    public boolean keepsOld(long oldStamp, long oldLoadedAt, long stamp, long loadedAt) {
        return oldStamp > stamp || oldStamp == stamp && oldLoadedAt > loadedAt;
    }

    /** Whether an invalidation with this stamp removes an entry. */
    public boolean evicts(long stamp, long entryStamp) {
        return entryStamp < stamp;
    }

    /** Whether an origin version, unsigned, is below the least that is accepted; 0 = the value has none. */
    public boolean tooOld(long originVersion, long least) {
        return originVersion != 0 && Long.compareUnsigned(originVersion, least) < 0;
    }

    /** Whether a write may install its own value; {@code newest} is the highest stamp of a message about its key. */
    public boolean mayInstallWritten(long stamp, long newest) {
        return stamp >= newest;
    }

    // Tags. Their versions are stamps of the tag partition, with a token each

    /** Whether an entry may be served as far as its tags are concerned. */
    public boolean mayServeTagged(long entryGeneration, long tagGeneration, boolean superseded) {
        return entryGeneration == tagGeneration && !superseded;
    }

    /** Whether two versions of one tag are one. */
    public boolean sameVersion(long stamp, long token, long otherStamp, long otherToken) {
        return stamp == otherStamp && token == otherToken;
    }

    /** Whether a version with this stamp replaces one with another; the same stamp with another token does not. */
    public boolean supersedes(long stamp, long knownStamp) {
        return stamp > knownStamp;
    }

    /**
     * Whether a reply says what a tag's version is: no message has overtaken it, and none can have been missed since the
     * question.
     */
    public boolean mayKnow(long stamp, long highest, long notedGeneration, long tagGeneration) {
        return stamp >= highest && notedGeneration == tagGeneration;
    }

    /**
     * Whether a loaded value may carry a version that was read after the load: it must have been there before, so it is
     * not above the clock noted then. A tag nobody had gets the clock's present value, hence not below.
     */
    public boolean mayEmbed(long versionStamp, long clockBefore) {
        return versionStamp <= clockBefore;
    }

    /** Whether a read may wait for a flight of which nobody knows yet what tags its value will have. */
    public boolean mayJoinUntagged(long flightGeneration, long tagGeneration, long flightEvents, long events) {
        return flightGeneration == tagGeneration && flightEvents == events;
    }

    /** Whether a suspect entry is what the remote tier still has. */
    public boolean revalidates(Freshness freshness, long entryToken, long recordToken) {
        return freshness == Freshness.USABLE && entryToken == recordToken;
    }

    /** What a record is good for, given the partition's floor. */
    public Freshness freshness(RemoteRecord.Kind kind, long stamp, long floor, long freshMillis) {
        return switch (kind) {
            case ABSENT -> Freshness.GONE;
            case OPAQUE -> Freshness.OPAQUE;
            case TOMBSTONE -> Freshness.GONE;
            case QUARANTINE -> Freshness.QUARANTINED;
            case LEASE -> stamp < floor ? Freshness.GONE : Freshness.LEASED;
            case VALUE -> {
                if (stamp < floor) {
                    yield Freshness.GONE;
                }
                yield freshMillis > 0 ? Freshness.USABLE : Freshness.STALE;
            }
        };
    }
}
