package io.crema.spi;

/** How much of a record a read fetches. */
public enum ReadMode {
    /** The whole record. */
    VALUE,
    /** The whole record and the partition's floor; the floor is not read later than the record. */
    VALUE_AND_FLOOR,
    /**
     * The record without its payload, but with all of its tags, and the partition's floor, which is not read later than
     * the record. A record with many or long tags may cost a second round trip.
     */
    HEADER
}
