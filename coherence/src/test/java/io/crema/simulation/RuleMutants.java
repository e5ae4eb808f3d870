package io.crema.simulation;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.spi.RemoteRecord;
import java.util.List;
import java.util.function.Supplier;

/** Each decision of {@link CoherenceRules} taken otherwise. */
final class RuleMutants {

    private RuleMutants() {}

    static List<Mutant> all() {
        return List.of(
                mutant("a missing message is a gap", "a gap is in order", GapsPass::new),
                mutant("the same history has the same clock", "a clock that advanced was seen", AlwaysKept::new),
                mutant("a history is told by its name", "only the clock counts", HistoriesAreOne::new),
                mutant("the first comparison is a gap", "the first comparison keeps all", FirstIsKept::new),
                mutant("relayed messages are counted", "a heartbeat confirms what was relayed", RelayedConfirms::new),
                mutant("a loss is measured", "nothing is ever lost", NothingLost::new),
                mutant("a replay covers half a minute", "a replay covers everything", ReplayCovers::new),
                mutant("an answer of a replaced history does not count", "every answer counts", AnswersCount::new),
                mutant("the lease is looked at by every hit", "a lease never ends", LeaseForEver::new),
                mutant("a generation ends what was", "a hit ignores its generation", OldGenerationsServe::new),
                mutant("an entry has a deadline", "a hit ignores its deadline", DeadlinesPass::new),
                mutant("without a lease only age counts", "without a lease any age will do", AnyAgeServes::new),
                mutant("what was cleared is no reserve", "a reserve may be below the floor", ReservesBelowFloor::new),
                mutant(
                        "a flight of an older generation is not joined",
                        "every flight is joined",
                        EveryFlightJoined::new),
                mutant("a detached flight installs nothing", "a detached flight installs", DetachedInstall::new),
                mutant("an invalidation evicts what is older", "a message evicts nothing", NothingEvicted::new),
                mutant("a write installs unless overtaken", "every write installs", EveryWriteInstalls::new),
                mutant(
                        "a tag's versions belong to a generation",
                        "a hit ignores that of its tags",
                        TagGenerations::new),
                mutant("a superseded tag is dead", "a hit ignores its tags", SupersededServe::new),
                mutant("another version is dead", "all versions are one", VersionsAreOne::new),
                mutant("a message supersedes a version", "no message supersedes", NothingSupersedes::new),
                mutant("an overtaken reply tells no version", "every reply tells the version", RepliesTell::new),
                mutant("versions are older than the load", "any version is embedded", AnythingEmbedded::new),
                mutant(
                        "who may carry the tag is not joined",
                        "flights of unknown tags are joined",
                        UntaggedJoined::new),
                mutant(
                        "a suspect entry needs its token",
                        "a suspect entry needs some record",
                        AnyRecordRevalidates::new),
                mutant("a stale record is no value", "stale records are usable", StaleIsUsable::new),
                mutant("what is below the floor is gone", "the floor is not asked", FloorIgnored::new));
    }

    private static Mutant mutant(String rule, String name, Supplier<CoherenceRules> rules) {
        return new Mutant(rule, name, Setup.of(rules));
    }

    private static final class GapsPass extends CoherenceRules {
        @Override
        public Sequence sequence(long lastSeen, long stamp, int count) {
            Sequence is = super.sequence(lastSeen, stamp, count);
            return is == Sequence.GAP ? Sequence.IN_ORDER : is;
        }
    }

    private static final class AlwaysKept extends CoherenceRules {
        @Override
        public Resync resync(boolean first, boolean sameHistory, long lastSeen, long clock) {
            Resync is = super.resync(first, sameHistory, lastSeen, clock);
            return is == Resync.ADVANCED ? Resync.KEPT : is;
        }
    }

    private static final class HistoriesAreOne extends CoherenceRules {
        @Override
        public Resync resync(boolean first, boolean sameHistory, long lastSeen, long clock) {
            return super.resync(first, true, lastSeen, clock);
        }
    }

    private static final class FirstIsKept extends CoherenceRules {
        @Override
        public Resync resync(boolean first, boolean sameHistory, long lastSeen, long clock) {
            return first ? Resync.KEPT : super.resync(false, sameHistory, lastSeen, clock);
        }
    }

    private static final class RelayedConfirms extends CoherenceRules {
        @Override
        public boolean confirmsRelayed(long lastSeen, long clock) {
            return true;
        }
    }

    private static final class NothingLost extends CoherenceRules {
        @Override
        public long lostMillis(long measured, boolean moved) {
            return 0;
        }
    }

    private static final class ReplayCovers extends CoherenceRules {
        @Override
        public boolean replayCovers(boolean sameHistory, long lostMillis, long coveredMillis, boolean complete) {
            return true;
        }
    }

    private static final class AnswersCount extends CoherenceRules {
        @Override
        public boolean countsAsExecuted(long stamp, long epoch) {
            return true;
        }
    }

    private static final class LeaseForEver extends CoherenceRules {
        @Override
        public boolean leaseValid(long now, long confirmed, long window) {
            return true;
        }
    }

    private static final class OldGenerationsServe extends CoherenceRules {
        @Override
        public boolean mayServe(long entryGeneration, long partitionGeneration, long now, long deadline) {
            return now < deadline;
        }
    }

    private static final class DeadlinesPass extends CoherenceRules {
        @Override
        public boolean mayServe(long entryGeneration, long partitionGeneration, long now, long deadline) {
            return entryGeneration == partitionGeneration;
        }
    }

    private static final class AnyAgeServes extends CoherenceRules {
        @Override
        public boolean mayServeUnleased(
                long entryGeneration, long partitionGeneration, long now, long deadline, long asOf, long window) {
            return mayServe(entryGeneration, partitionGeneration, now, deadline);
        }
    }

    private static final class ReservesBelowFloor extends CoherenceRules {
        @Override
        public boolean mayReserve(long stamp, long floor, long now, long freshUntil) {
            return now < freshUntil;
        }
    }

    private static final class EveryFlightJoined extends CoherenceRules {
        @Override
        public boolean mayJoin(
                long flightGeneration,
                long partitionGeneration,
                boolean leaseWasValid,
                long now,
                long flightStart,
                long window) {
            return true;
        }
    }

    private static final class DetachedInstall extends CoherenceRules {
        @Override
        public boolean mayInstall(boolean detached, long generation, long partitionGeneration) {
            return generation == partitionGeneration;
        }
    }

    private static final class NothingEvicted extends CoherenceRules {
        @Override
        public boolean evicts(long stamp, long entryStamp) {
            return false;
        }
    }

    private static final class EveryWriteInstalls extends CoherenceRules {
        @Override
        public boolean mayInstallWritten(long stamp, long newest) {
            return true;
        }
    }

    private static final class TagGenerations extends CoherenceRules {
        @Override
        public boolean mayServeTagged(long entryGeneration, long tagGeneration, boolean superseded) {
            return !superseded;
        }
    }

    private static final class SupersededServe extends CoherenceRules {
        @Override
        public boolean mayServeTagged(long entryGeneration, long tagGeneration, boolean superseded) {
            return entryGeneration == tagGeneration;
        }
    }

    private static final class VersionsAreOne extends CoherenceRules {
        @Override
        public boolean sameVersion(long stamp, long token, long otherStamp, long otherToken) {
            return true;
        }
    }

    private static final class NothingSupersedes extends CoherenceRules {
        @Override
        public boolean supersedes(long stamp, long knownStamp) {
            return false;
        }
    }

    private static final class RepliesTell extends CoherenceRules {
        @Override
        public boolean mayKnow(long stamp, long highest, long notedGeneration, long tagGeneration) {
            return true;
        }
    }

    private static final class AnythingEmbedded extends CoherenceRules {
        @Override
        public boolean mayEmbed(long versionStamp, long clockBefore) {
            return true;
        }
    }

    private static final class UntaggedJoined extends CoherenceRules {
        @Override
        public boolean mayJoinUntagged(long flightGeneration, long tagGeneration, long flightEvents, long events) {
            return true;
        }
    }

    private static final class AnyRecordRevalidates extends CoherenceRules {
        @Override
        public boolean revalidates(Freshness freshness, long entryToken, long recordToken) {
            return freshness == Freshness.USABLE;
        }
    }

    private static final class StaleIsUsable extends CoherenceRules {
        @Override
        public Freshness freshness(RemoteRecord.Kind kind, long stamp, long floor, long freshMillis) {
            Freshness is = super.freshness(kind, stamp, floor, freshMillis);
            return is == Freshness.STALE ? Freshness.USABLE : is;
        }
    }

    private static final class FloorIgnored extends CoherenceRules {
        @Override
        public Freshness freshness(RemoteRecord.Kind kind, long stamp, long floor, long freshMillis) {
            return super.freshness(kind, stamp, 0, freshMillis);
        }
    }
}
