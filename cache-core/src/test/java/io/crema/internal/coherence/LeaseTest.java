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

    @Test
    void confirm_onlyMovesForward() {
        Lease lease = Lease.unconfirmed();

        lease.confirm(10);
        lease.confirm(9);
        assertThat(lease.confirmed()).isEqualTo(10);

        lease.confirm(11);
        assertThat(lease.confirmed()).isEqualTo(11);
    }

    @Test
    void end_isNeverOverwritten() {
        Lease lease = Lease.unconfirmed();
        lease.confirm(10);

        lease.end();
        lease.confirm(20);

        assertThat(rules.leaseValid(20, lease.confirmed(), 1_000)).isFalse();
    }

    @Test
    void end_ofAPermanentOne_ends() {
        Lease lease = Lease.permanent();

        lease.end();

        assertThat(rules.leaseValid(1, lease.confirmed(), YEARS / 50)).isFalse();
    }
}
