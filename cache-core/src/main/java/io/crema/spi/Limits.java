package io.crema.spi;

/**
 * The sizes that a remote tier accepts, in bytes.
 *
 * @param maxKeyBytes the longest serialized key
 * @param maxValueBytes the longest encoded value
 */
public record Limits(int maxKeyBytes, int maxValueBytes) {

    public Limits {
        if (maxKeyBytes < 1 || maxValueBytes < 1) {
            throw new IllegalArgumentException("Limits must be positive, but are " + maxKeyBytes
                    + " bytes for keys and " + maxValueBytes + " bytes for values");
        }
    }
}
