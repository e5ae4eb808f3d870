package io.crema.examples.quickstart;

/** What happens to Redis while the load goes on. */
enum Phase {
    STEADY("steady", 12),
    REDIS_DOWN("redis-down", 4),
    RECOVERED("recovered", 6);

    private final String label;
    private final int share;

    Phase(String label, int share) {
        this.label = label;
        this.share = share;
    }

    String label() {
        return label;
    }

    static Phase labelled(String label) {
        for (Phase phase : values()) {
            if (phase.label.equals(label)) {
                return phase;
            }
        }
        throw new IllegalArgumentException("There is no phase " + label);
    }

    /** How long this phase lasts when all together last so long. */
    long nanos(long allNanos) {
        int shares = 0;
        for (Phase phase : values()) {
            shares += phase.share;
        }
        return allNanos * share / shares;
    }
}
