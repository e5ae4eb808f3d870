package io.crema.internal.near;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.Lease;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.Partitions;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.near.NearTier.Reserves;
import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.Near;
import io.crema.policy.ReadClock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NearTierTest {

    private static final long WINDOW = 10 * InstanceClock.TICK_NANOS;
    private static final long FAR = 1_000 * InstanceClock.TICK_NANOS;

    private final HandMovedTicker ticker = new HandMovedTicker(0);
    private final InstanceClock clock = new InstanceClock(ticker);
    private final CoherenceRules rules = new CoherenceRules();
    private final Lease lease = Lease.unconfirmed();
    private final Partitions partitions = new Partitions(1, rules);
    private final Partition partition = partitions.get(0);
    private final NearTier<String, String> near = tier(Near.entries(100));

    @BeforeEach
    void start() {
        clock.start();
        confirm();
    }

    private void confirm() {
        partitions.all().forEach(each -> each.confirm(clock.exact()));
        lease.raise(partitions);
    }

    private NearTier<String, String> tier(Near policy) {
        return new NearTier<>(
                policy,
                Reserves.NONE,
                rules,
                clock,
                ReadClock.COARSE,
                lease,
                WINDOW,
                Runnable::run,
                (key, cause) -> {});
    }

    private void pass(long nanos) {
        for (long passed = 0; passed < nanos; passed += InstanceClock.TICK_NANOS) {
            ticker.jump(InstanceClock.TICK_NANOS);
        }
    }

    private NearEntry<String> entry(String value, long stamp, long loadedAt) {
        return entryOf(partition, value, stamp, loadedAt);
    }

    private NearEntry<String> entryOf(Partition its, String value, long stamp, long loadedAt) {
        long now = clock.exact();
        return new NearEntry<>(value, its, its.generation(), now + FAR, stamp, loadedAt, 1, now, now, now + FAR, 1);
    }

    private void install(NearEntry<String> entry) {
        near.install("k", entry, () -> false);
    }

    @Test
    void install_newer_replaces() {
        install(entry("v1", 5, 1));
        install(entry("v2", 5, 2));
        assertThat(near.peek("k").value).isEqualTo("v2");

        install(entry("v3", 6, 0));
        assertThat(near.peek("k").value).isEqualTo("v3");
    }

    @Test
    void install_older_leavesTheNewer() {
        install(entry("v2", 5, 2));

        install(entry("v1", 5, 1));
        install(entry("v0", 4, 9));

        assertThat(near.peek("k").value).isEqualTo("v2");
    }

    @Test
    void install_olderOverASuspect_replaces() {
        install(entry("v2", 5, 2));
        partition.nextGeneration();

        install(entry("v1", 4, 1));

        assertThat(near.peek("k").value).isEqualTo("v1");
    }

    @Test
    void install_olderOverOneThatOutlivedLeaseAndWindow_replaces() {
        install(entry("v2", 5, 2));
        pass(WINDOW + InstanceClock.TICK_NANOS);

        install(entry("v1", 4, 0));

        assertThat(near.peek("k").value).isEqualTo("v1");
    }

    @Test
    void install_olderWithoutALeaseOverOneThatIsYoung_leavesIt() {
        pass(WINDOW + InstanceClock.TICK_NANOS);
        install(entry("v2", 5, 2));

        install(entry("v1", 4, 0));

        assertThat(near.peek("k").value).isEqualTo("v2");
    }

    @Test
    void install_detachedOrOfAnOlderGeneration_isRefused() {
        near.install("k", entry("v1", 5, 1), () -> true);
        assertThat(near.peek("k")).isNull();

        NearEntry<String> old = entry("v1", 5, 1);
        partition.nextGeneration();
        install(old);
        assertThat(near.peek("k")).isNull();
    }

    @Test
    void install_overOneOfAnotherLayout_replaces() {
        Partition before = new Partition(0, rules);
        install(entryOf(before, "v1", 99, 1));

        install(entry("v2", 5, 1));

        assertThat(near.peek("k").value).isEqualTo("v2");
    }

    @Test
    void installIfAbsent_onlyWhereNothingMayBeServed() {
        assertThat(near.installIfAbsent("k", entry("v1", 1, 0))).isTrue();
        assertThat(near.installIfAbsent("k", entry("v2", 2, 0))).isFalse();
        assertThat(near.peek("k").value).isEqualTo("v1");

        partition.nextGeneration();
        assertThat(near.installIfAbsent("k", entry("v3", 3, 0))).isTrue();
    }

    @Test
    void evictOlder_byStamp_tellsWhetherThereWasSomethingToServe() {
        install(entry("v1", 5, 1));

        assertThat(near.evictOlder("k", partition, 5)).isFalse();
        assertThat(near.peek("k")).isNotNull();
        assertThat(near.evictOlder("k", partition, 6)).isTrue();
        assertThat(near.peek("k")).isNull();
        assertThat(near.evictOlder("k", partition, 7)).isFalse();
    }

    @Test
    void evictOlder_suspect_isRemovedButWasNothingToServe() {
        install(entry("v1", 5, 1));
        partition.nextGeneration();

        assertThat(near.evictOlder("k", partition, 6)).isFalse();
        assertThat(near.peek("k")).isNull();
    }

    @Test
    void evictOlder_ofAnotherLayout_isRemovedWhateverItsStamp() {
        install(entryOf(new Partition(0, rules), "v1", 99, 1));

        assertThat(near.evictOlder("k", partition, 1)).isTrue();
        assertThat(near.peek("k")).isNull();
    }

    @Test
    void hit_leaseOver_isNoHitButMayBeServedByItsAge() {
        pass(WINDOW);
        install(entry("v1", 5, 1));
        assertThat(near.hit("k")).isNotNull();
        pass(InstanceClock.TICK_NANOS);

        assertThat(near.leaseValid()).isFalse();
        assertThat(near.hit("k")).isNull();
        assertThat(near.hitUnleased("k")).isNotNull();
        assertThat(near.hits()).isEqualTo(2);
        pass(WINDOW);
        assertThat(near.hitUnleased("k")).isNull();
        assertThat(near.hitUnleased("none")).isNull();
    }

    @Test
    void hit_dueToBeLoadedAnew_isOneOfLookUpsOnly() {
        NearEntry<String> due = entry("v1", 5, 1);
        install(due.kept(due.keepUntil, clock.exact()));

        assertThat(near.hit("k")).isNull();
        assertThat(near.hitOfLookUp("k").value).isEqualTo("v1");
        assertThat(near.hits()).isEqualTo(1);

        install(entry("v2", 6, 1).expired());
        assertThat(near.hitOfLookUp("k")).isNull();
    }

    @Test
    void hit_evictionAndRenewalDuringTheLookUp_isNoHit() {
        NearTier<TrapKey, String> trapped = trapped();
        trapped.install(new TrapKey(() -> {}), entry("v1", 5, 1), () -> false);
        pass(WINDOW + InstanceClock.TICK_NANOS);

        NearEntry<String> hit = trapped.hit(new TrapKey(() -> {
            trapped.evictOlder(new TrapKey(() -> {}), partition, 6);
            confirm();
        }));

        assertThat(hit).as("the lease was over before the look-up").isNull();
    }

    @Test
    void hit_anotherPartitionHasNoLease_isAHitByItsOwn() {
        install(entry("v1", 5, 1));
        pass(WINDOW + InstanceClock.TICK_NANOS);
        partition.confirm(clock.exact());
        lease.raise(partitions);

        assertThat(near.leaseValid()).isFalse();
        assertThat(near.leaseValid(partition)).isTrue();
        assertThat(near.hit("k")).isNotNull();
        assertThat(near.hits()).isEqualTo(1);
        partition.nextGeneration();
        assertThat(near.hit("k")).isNull();
        assertThat(near.hit("none")).isNull();
    }

    @Test
    void hit_evictionDuringTheSecondLookUp_isNoHit() {
        NearTier<TrapKey, String> trapped = trapped();
        trapped.install(new TrapKey(() -> {}), entry("v1", 5, 1), () -> false);
        pass(WINDOW + InstanceClock.TICK_NANOS);
        partition.confirm(clock.exact());

        NearEntry<String> hit = trapped.hit(new TrapKey(() -> trapped.evictOlder(new TrapKey(() -> {}), partition, 6)));

        assertThat(hit).isNull();
    }

    @Test
    void install_olderOverOneWhosePartitionIsLeased_leavesIt() {
        install(entry("v2", 5, 2));
        pass(WINDOW + InstanceClock.TICK_NANOS);
        partition.confirm(clock.exact());

        install(entry("v1", 4, 0));

        assertThat(near.peek("k").value).isEqualTo("v2");
    }

    @Test
    void hit_gapDuringTheLookUp_isNoHit() {
        NearTier<TrapKey, String> trapped = trapped();
        trapped.install(new TrapKey(() -> {}), entry("v1", 5, 1), () -> false);

        assertThat(trapped.hit(new TrapKey(partition::nextGeneration))).isNull();
    }

    /** Its map does no housekeeping, which could clear a removed entry that somebody still looks at. */
    private NearTier<TrapKey, String> trapped() {
        return new NearTier<>(
                Near.entries(10),
                Reserves.NONE,
                rules,
                clock,
                ReadClock.COARSE,
                lease,
                WINDOW,
                task -> {},
                (key, cause) -> {});
    }

    /** Equal to every other; does something when it is compared. */
    private record TrapKey(Runnable trap) {

        @Override
        public boolean equals(Object other) {
            trap.run();
            return other instanceof TrapKey;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @Test
    void timeToLive_ofTheTier_endsAnEntry() {
        NearTier<String, String> brief = tier(Near.entries(10)
                .expireAfter(Duration.ofNanos(2 * InstanceClock.TICK_NANOS))
                .expireAfterIdle(Duration.ofNanos(FAR)));
        brief.install("k", entry("v1", 5, 1), () -> false);
        assertThat(brief.hit("k")).isNotNull();

        pass(3 * InstanceClock.TICK_NANOS);

        assertThat(brief.hit("k")).isNull();
    }

    @Test
    void none_holdsNothing() {
        NearTier<String, String> none = tier(Near.none());

        none.install("k", entry("v1", 5, 1), () -> false);

        assertThat(none.installIfAbsent("k", entry("v1", 5, 1))).isFalse();
        assertThat(none.hit("k")).isNull();
        assertThat(none.hitUnleased("k")).isNull();
        assertThat(none.evictOlder("k", partition, 9)).isFalse();
        none.remove("k");
        none.discardCleared();
        assertThat(none.size()).isZero();
    }

    @Test
    void remove_whateverIsThere() {
        install(entry("v1", Long.MAX_VALUE, 1));

        near.remove("k");
        near.remove("none");

        assertThat(near.peek("k")).isNull();
        assertThat(near.size()).isZero();
    }
}
