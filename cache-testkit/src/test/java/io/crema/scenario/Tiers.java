package io.crema.scenario;

/** Which tiers a cache has. */
enum Tiers {
    NEAR,
    REMOTE,
    BOTH;

    boolean hasNear() {
        return this != REMOTE;
    }

    boolean hasRemote() {
        return this != NEAR;
    }
}
