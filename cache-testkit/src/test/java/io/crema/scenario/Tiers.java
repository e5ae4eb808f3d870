package io.crema.scenario;

/** Which tiers a cache has. */
public enum Tiers {
    NEAR,
    REMOTE,
    BOTH;

    public boolean hasNear() {
        return this != REMOTE;
    }

    public boolean hasRemote() {
        return this != NEAR;
    }
}
