package io.crema.examples.guide;

/**
 * A row of the shop's table.
 *
 * @param version grows with each change of the row
 */
record Product(long id, String name, String description, int category, long cents, long version) {

    /** Roughly what it takes on the way from the database. */
    long bytes() {
        return 40L + name.length() + description.length();
    }
}
