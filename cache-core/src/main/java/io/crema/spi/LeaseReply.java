package io.crema.spi;

/** The answer to a request for the lease to load a key. */
public sealed interface LeaseReply {

    /**
     * The lease is the caller's until it fills, releases or an invalidation takes it.
     *
     * @param failures how many loads in a row have failed before, as the last one's release said; 0 = none
     */
    record Granted(int failures) implements LeaseReply {}

    /**
     * The lease was not given.
     *
     * @param current why: a fresh value; a {@link RemoteRecord.Kind#LEASE}, a tombstone or a value that somebody else is
     *     loading, or that is held back; a quarantine; or something opaque
     */
    record Refused(RemoteRecord current) implements LeaseReply {}
}
