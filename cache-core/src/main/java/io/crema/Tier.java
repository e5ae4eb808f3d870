package io.crema;

/** Where an entry was found. */
public enum Tier {
    /** In this process. */
    NEAR,
    /** In the tier that instances share. */
    REMOTE
}
