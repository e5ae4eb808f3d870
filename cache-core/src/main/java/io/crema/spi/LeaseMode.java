package io.crema.spi;

/** When a lease to load a key is granted. */
public enum LeaseMode {
    /** Unless somebody else's lease runs, the key is held back, or there is a fresh value. */
    UNLESS_FRESH,
    /** As {@link #UNLESS_FRESH}, but a fresh value with the known token may be replaced: nobody else has done so yet. */
    UNLESS_REPLACED,
    /** Unless somebody else's lease runs: the value shall be loaded anew, fresh or not, held back or not. */
    EVEN_IF_FRESH
}
