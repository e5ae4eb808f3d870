package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** When a cache's {@link io.crema.CacheWriter} is called, and what is cached then. */
public sealed interface WritePolicy extends Policy {

    /**
     * The origin is written before a put returns, while the key is in quarantine, and the value is cached if nobody else
     * wrote the key meanwhile: so neither a crash nor another writer leaves a value in the cache that the origin does not
     * have. One round trip before the write, one after it.
     */
    static Through through() {
        return new Through(Duration.ofSeconds(30));
    }

    /**
     * The origin is written before a put returns, then the key is invalidated everywhere; the next read loads. For values
     * that are not read soon. One round trip, after the write. A process that dies in between leaves the old value cached as
     * long as it is fresh, which {@link #through()} does not.
     */
    static Around around() {
        return new Around();
    }

    /**
     * A put returns when the remote tier has the value, and the write in a journal beside it; the origin is written later, in
     * batches, by one instance for each part of the keys. Writes of a key are made in their order, at least once each, and
     * none that the remote tier has kept is lost. Until then readers of all instances get the new value, whatever is
     * invalidated. Needs a remote tier that keeps journals.
     *
     * <p>An instance that dies while it writes may have written what the next one writes again, and what it was about to write
     * may come late: only an origin that compares {@link io.crema.WriteContext#writeId()} with what it has can refuse that.
     *
     * <p>By default a write is tried for about three quarters of an hour before it is a dead letter. A fleet that leaves this
     * policy lets its journal run empty first: {@link #through()} refuses to write a key that the journal still holds, {@link
     * #around()} cannot tell.
     */
    static Behind behind() {
        return new Behind(
                Duration.ofSeconds(1),
                100,
                true,
                4,
                Backoff.doubling(Duration.ofMillis(200), Duration.ofSeconds(30)),
                120,
                100_000,
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    /**
     * See {@link WritePolicy#behind()}.
     *
     * @param delay how long a write waits at most to be made together with others, 10 ms to a day, while the origin takes
     *     writes as fast as they come; a full batch does not wait. A key is written once in each such time at most
     * @param batch how many keys are written by one call of the writer at most, 1 to 1,000
     * @param coalescing whether of the writes of a key that wait only the last one is made; without, each is made after the
     *     other, also within the delay
     * @param flushers how many calls of the writer run at a time in this instance; an origin has as many connections to
     *     spare
     * @param retry how long a key waits after a write that failed, half of that at least
     * @param attempts how often a key's writes fail in a row before the last is a dead letter, from 1; with the back-off they
     *     say how long an outage of the origin may last. One that failed together with others is tried alone before it is
     *     given up. They count from 1 again when another instance takes over
     * @param journal how many writes wait at most in the whole cache, from 1, of which each partition has an equal part;
     *     what comes then waits, in its order
     * @param patience for how long, before it fails with a {@link io.crema.WriteRejectedException}
     * @param timeout how long a call of the writer takes at most; then it is interrupted and has failed. One that does not
     *     end even so keeps its flusher, and after the time of a lease its partition is left to other instances
     * @param lease how long after the death of an instance others take over what it wrote, 1 s to a day; that takes half
     *     as long again
     * @param drain how long closing waits for what is left to be written
     */
    record Behind(
            Duration delay,
            int batch,
            boolean coalescing,
            int flushers,
            Backoff retry,
            int attempts,
            long journal,
            Duration patience,
            Duration timeout,
            Duration lease,
            Duration drain)
            implements WritePolicy {

        private static final Duration SHORTEST_DELAY = Duration.ofMillis(10);
        private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
        private static final int LARGEST_BATCH = 1_000;

        public Behind {
            Objects.requireNonNull(delay, "delay");
            Objects.requireNonNull(retry, "retry");
            Objects.requireNonNull(patience, "patience");
            Objects.requireNonNull(timeout, "timeout");
            Objects.requireNonNull(lease, "lease");
            Objects.requireNonNull(drain, "drain");
        }

        /** The same with another delay. */
        public Behind delay(Duration delay) {
            return with(parts -> parts.delay = delay);
        }

        /** The same with batches of another size. */
        public Behind batch(int batch) {
            return with(parts -> parts.batch = batch);
        }

        /** The same, but every write is made, also one that a later one of its key follows. */
        public Behind withoutCoalescing() {
            return with(parts -> parts.coalescing = false);
        }

        /** The same with another number of flushers. */
        public Behind flushers(int flushers) {
            return with(parts -> parts.flushers = flushers);
        }

        /** The same with another back-off and another number of attempts. */
        public Behind retry(Backoff retry, int attempts) {
            return with(parts -> {
                parts.retry = retry;
                parts.attempts = attempts;
            });
        }

        /** The same with room for that many writes, and that wait for room. */
        public Behind journal(long journal, Duration patience) {
            return with(parts -> {
                parts.journal = journal;
                parts.patience = patience;
            });
        }

        /** The same with another limit of a call of the writer. */
        public Behind timeout(Duration timeout) {
            return with(parts -> parts.timeout = timeout);
        }

        /** The same with another lease. */
        public Behind lease(Duration lease) {
            return with(parts -> parts.lease = lease);
        }

        /** The same with another limit of the writing at the end. */
        public Behind drain(Duration drain) {
            return with(parts -> parts.drain = drain);
        }

        private Behind with(Consumer<Parts> change) {
            Parts parts = new Parts(this);
            change.accept(parts);
            return parts.together();
        }

        /** What a policy is made of, while one of it is changed. */
        private static final class Parts {

            Duration delay;
            int batch;
            boolean coalescing;
            int flushers;
            Backoff retry;
            int attempts;
            long journal;
            Duration patience;
            Duration timeout;
            Duration lease;
            Duration drain;

            Parts(Behind of) {
                delay = of.delay;
                batch = of.batch;
                coalescing = of.coalescing;
                flushers = of.flushers;
                retry = of.retry;
                attempts = of.attempts;
                journal = of.journal;
                patience = of.patience;
                timeout = of.timeout;
                lease = of.lease;
                drain = of.drain;
            }

            Behind together() {
                return new Behind(
                        delay, batch, coalescing, flushers, retry, attempts, journal, patience, timeout, lease, drain);
            }
        }

        @Override
        public List<String> faults() {
            return Faults.of(Behind.class)
                    .duration("delay", delay, Duration.ofDays(1))
                    .unless(
                            delay.compareTo(SHORTEST_DELAY) >= 0,
                            "delay must be at least " + SHORTEST_DELAY.toMillis() + " ms, but is " + delay)
                    .unless(
                            batch >= 1 && batch <= LARGEST_BATCH,
                            "batch must be from 1 to " + LARGEST_BATCH + ", but is " + batch)
                    .unless(flushers >= 1, "flushers must be at least 1, but is " + flushers)
                    .with(retry)
                    .unless(attempts >= 1, "attempts must be at least 1, but is " + attempts)
                    .unless(journal >= 1, "journal must be at least 1, but is " + journal)
                    .duration("patience", patience, Duration.ofDays(1))
                    .duration("timeout", timeout, Duration.ofDays(1))
                    .duration("lease", lease, Duration.ofDays(1))
                    .unless(
                            lease.compareTo(SHORTEST_LEASE) >= 0,
                            "lease must be at least " + SHORTEST_LEASE.toMillis() + " ms, but is " + lease)
                    .duration("drain", drain, Duration.ofDays(1))
                    .list();
        }
    }

    /**
     * @param quarantine how long a write of the origin takes at most, 1 ms to an hour: the limit of the origin's
     *     transaction must be below it. After a crash readers go to the origin for so long. Where the remote tier does not
     *     store values, nothing is cached, as by {@link #around()}
     */
    record Through(Duration quarantine) implements WritePolicy {

        private static final Duration LONGEST = Duration.ofHours(1);

        public Through {
            Objects.requireNonNull(quarantine, "quarantine");
        }

        /** The same with another limit. */
        public Through quarantine(Duration limit) {
            return new Through(limit);
        }

        @Override
        public List<String> faults() {
            return Faults.of(Through.class)
                    .unless(
                            quarantine.compareTo(Duration.ofMillis(1)) >= 0 && quarantine.compareTo(LONGEST) <= 0,
                            "quarantine must be from 1 ms to an hour, but is " + quarantine)
                    .list();
        }
    }

    /** See {@link WritePolicy#around()}. */
    record Around() implements WritePolicy {

        @Override
        public List<String> faults() {
            return List.of();
        }
    }
}
