package io.crema.spi;

/** When a lease to load a key is granted. */
public enum LeaseMode {
    /** Unless somebody else's lease runs, or there is a fresh value. */
    UNLESS_FRESH,
    /** Unless somebody else's lease runs: the value shall be loaded anew, fresh or not. */
    EVEN_IF_FRESH
}
