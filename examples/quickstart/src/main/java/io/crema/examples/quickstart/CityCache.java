package io.crema.examples.quickstart;

import io.crema.Crema;
import io.crema.InvalidationPendingException;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.KryoCodec;
import io.crema.testkit.ReadTier;
import java.time.Duration;
import java.util.Objects;

/** All that an instance does with Crema: cities by id, in memory, in Redis, from PostgreSQL. Thread-safe. */
final class CityCache implements AutoCloseable {

    /** A third of the rows, so that the shared tier has something to do. */
    private static final int NEAR_ENTRIES = 4_000;

    private final TierProbe probe = new TierProbe();
    private final Crema crema;
    private final LoadingTieredCache<Long, Traced> cities;

    CityCache(Assignment assignment, CityTable table, Meter meter) {
        ObservedRemote redis = new ObservedRemote(
                RedisRemote.connect(assignment.redisUri()), probe, meter, assignment.transport());
        crema = Crema.builder()
                .remote(redis)
                .nodeName("instance-" + assignment.number())
                .build();
        cities = crema.<Long, Traced>cache("cities")
                .codec(new TracedCodec(KryoCodec.of(City.class)))
                .near(Near.entries(NEAR_ENTRIES).expireAfter(Duration.ofMinutes(1)))
                .expiration(Expiration.fresh(Duration.ofMinutes(5)).jitter(0.1))
                .staleness(assignment.bound())
                .build(id -> {
                    meter.originQueried();
                    City city = table.find(id);
                    return city == null ? null : Traced.now(city, ReadTier.ORIGIN);
                });
    }

    TierProbe probe() {
        return probe;
    }

    /** @throws NullPointerException if there is no such city, which would be a fault: none is ever deleted */
    Traced get(long id) {
        return Objects.requireNonNull(cities.get(id), "No such city");
    }

    /** Returns whether Redis has executed the invalidation; if not, it has to be tried again. */
    boolean invalidate(long id) {
        try {
            cities.invalidate(id);
            return true;
        } catch (InvalidationPendingException e) {
            return false;
        }
    }

    @Override
    public void close() {
        crema.close();
    }
}
