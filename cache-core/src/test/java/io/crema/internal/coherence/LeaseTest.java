package io.crema.internal.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseTest {

    private static final long YEARS = 50L * 365 * 24 * 3600 * 1_000_000_000;

    private final CoherenceRules rules = new CoherenceRules();

    @Test
    void permanent_ageAfterAge_isValid() {
        assertThat(rules.leaseValid(YEARS, Lease.permanent().confirmed(), 0)).isTrue();
    }

    @Test
    void unconfirmed_whateverTheBound_isNotValid() {
        assertThat(rules.leaseValid(1, Lease.unconfirmed().confirmed(), YEARS / 50))
                .isFalse();
    }

    /** Two of keys, and that of the tags. */
    private final Partitions partitions = new Partitions(2, rules);

    private void confirm(long time) {
        partitions.all().forEach(partition -> partition.confirm(time));
    }

    @Test
    void raise_onePartitionUnconfirmed_holdsForNone() {
        Lease lease = Lease.unconfirmed();
        partitions.ofKeys().forEach(partition -> partition.confirm(10));

        assertThat(lease.raise(partitions)).isFalse();

        assertThat(rules.leaseValid(10, lease.confirmed(), 1_000)).isFalse();
        assertThat(lease.confirmed(partitions.get(0))).isEqualTo(10);
        assertThat(rules.leaseValid(10, lease.confirmed(partitions.ofTags()), 1_000))
                .isFalse();
    }

    @Test
    void raise_partitionsConfirmedAtOtherTimes_isTheLeast() {
        Lease lease = Lease.unconfirmed();
        confirm(10);
        partitions.get(1).confirm(15);

        assertThat(lease.raise(partitions)).isTrue();

        assertThat(lease.confirmed()).isEqualTo(10);
        assertThat(lease.confirmed(partitions.get(1))).isEqualTo(15);
        assertThat(lease.confirmed(partitions.get(0))).isEqualTo(10);
    }

    @Test
    void raise_onlyMovesForward() {
        Lease lease = Lease.unconfirmed();
        confirm(10);
        lease.raise(partitions);

        confirm(9);
        lease.raise(partitions);
        assertThat(lease.confirmed()).isEqualTo(10);

        confirm(11);
        lease.raise(partitions);
        assertThat(lease.confirmed()).isEqualTo(11);
    }

    @Test
    void end_isNeverOverwritten() {
        Lease lease = Lease.unconfirmed();
        confirm(10);
        lease.raise(partitions);

        lease.end();
        confirm(20);

        assertThat(lease.raise(partitions)).isFalse();
        assertThat(rules.leaseValid(20, lease.confirmed(), 1_000)).isFalse();
        assertThat(rules.leaseValid(20, lease.confirmed(partitions.get(0)), 1_000))
                .isFalse();
    }

    @Test
    void permanent_eachPartition_isConfirmed() {
        assertThat(rules.leaseValid(YEARS, Lease.permanent().confirmed(partitions.get(0)), 0))
                .isTrue();
    }

    @Test
    void end_ofAPermanentOne_ends() {
        Lease lease = Lease.permanent();

        lease.end();

        assertThat(rules.leaseValid(1, lease.confirmed(), YEARS / 50)).isFalse();
    }
}
