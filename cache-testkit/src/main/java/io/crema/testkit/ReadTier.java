package io.crema.testkit;

/** Where a read of a history was served from. */
public enum ReadTier {
    /** The instance's own memory. */
    L1,
    /** The tier that instances share. */
    L2,
    /** The origin, by a loader. */
    ORIGIN
}
