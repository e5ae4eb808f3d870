package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

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
