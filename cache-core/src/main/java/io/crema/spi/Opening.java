package io.crema.spi;

/** The outcome of opening a cache in the remote tier, once the tier was reached. */
public sealed interface Opening {

    /** Terms agreed. */
    record Agreed(RemoteCache cache) implements Opening {}

    /**
     * The cache is there under other terms; this instance must not share it.
     *
     * @param reason what differs, what was expected, what was found, what to do
     */
    record Refused(String reason) implements Opening {}
}
