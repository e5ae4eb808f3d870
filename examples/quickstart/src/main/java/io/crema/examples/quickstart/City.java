package io.crema.examples.quickstart;

/**
 * A row of the origin's table.
 *
 * @param country ISO 3166-1 alpha-2 code
 * @param region the first-level administrative division; empty where there is none
 * @param visitors what updates change
 * @param version 1 when the table is filled; each update adds 1
 */
record City(
        long id,
        String name,
        String country,
        String region,
        double latitude,
        double longitude,
        long visitors,
        long version) {

    static final long FIRST_VERSION = 1;
}
