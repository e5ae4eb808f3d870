package io.crema.spi;

/** How much of a record a read fetches. */
public enum ReadMode {
    /** The whole record. */
    VALUE,
    /** The whole record and the partition's floor; the floor is not read later than the record. */
    VALUE_AND_FLOOR,
    /** The record without its payload, and the partition's floor, which is not read later than the record. */
    HEADER
}
