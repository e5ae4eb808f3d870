package io.crema.spi;

/** Carries invalidations from the remote tier to this instance, over one {@link BusConnection} for each primary. */
public interface InvalidationBus {

    /**
     * Starts connecting, and connects again by itself after every loss.
     *
     * @throws IllegalStateException if it was started before
     */
    void start(BusListener listener);
}
