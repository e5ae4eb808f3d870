package io.crema.policy;

/**
 * What becomes of a load when the last caller that waits for it has left, by interruption or by cancelling its future. A
 * caller that leaves never ends what others wait for.
 */
public enum AbandonedLoads {
    /** It goes on, and its value is cached. The default. */
    FINISH,
    /**
     * It is given up, and the key is free for the next load: its future is cancelled, its thread interrupted where there are
     * {@link LoadTimeouts}. A blocking loader on a thread that it does not have to itself runs to its end, for nobody.
     */
    CANCEL
}
