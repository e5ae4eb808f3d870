package io.crema.coherence;

/**
 * Rules without the lease: what memory holds is served although nothing proves that no message is missing. What a cache
 * without the bound does; the checks must notice.
 */
final class LeaseOff extends CountingRules {

    @Override
    public boolean leaseValid(long now, long confirmed, long window) {
        return true;
    }

    @Override
    public boolean mayServeUnleased(
            long entryGeneration, long partitionGeneration, long now, long deadline, long asOf, long window) {
        return mayServe(entryGeneration, partitionGeneration, now, deadline);
    }
}
