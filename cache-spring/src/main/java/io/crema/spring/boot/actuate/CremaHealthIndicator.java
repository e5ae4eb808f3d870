package io.crema.spring.boot.actuate;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Always UP: a service works on without its remote tier, so nobody gains by taking it out. The details say whether it has
 * to.
 */
final class CremaHealthIndicator extends AbstractHealthIndicator {

    private final String remote;
    private final RemoteState state;

    CremaHealthIndicator(String remote, RemoteState state) {
        this.remote = remote;
        this.state = state;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up()
                .withDetail("remote", remote)
                .withDetail("degraded", !state.isWell())
                .withDetail("breaker", state.breaker());
        if (!state.withoutProof().isEmpty()) {
            builder.withDetail("withoutHeartbeat", state.withoutProof());
        }
    }
}
