package io.crema.examples.quickstart;

import io.crema.Crema;
import io.crema.InvalidationPendingException;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.KryoCodec;
import io.crema.spi.RemoteTier;
import io.crema.testkit.BusFaults;
import io.crema.testkit.FaultyRemote;
import io.crema.testkit.ReadTier;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;

/** All that an instance does with Crema: cities by id, in memory, in Redis, from PostgreSQL. Thread-safe. */
final class CityCache implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(CityCache.class.getName());

    /** A third of the rows, so that the shared tier has something to do. */
    private static final int NEAR_ENTRIES = 4_000;

    private final TierProbe probe = new TierProbe();
    private final Crema crema;
    private final LoadingTieredCache<Long, Traced> cities;

    CityCache(Assignment assignment, CityTable table, Meter meter) {
        RemoteTier redis = RedisRemote.connect(assignment.redisUri());
        crema = Crema.builder()
                .remote(FaultyRemote.wrap(new ProbedRemote(redis, probe), faults(assignment.transport(), meter)))
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

    /** Measures how long invalidations travel; without a fault, unless one is asked for. */
    private static BusFaults faults(Transport transport, Meter meter) {
        BusFaults none = BusFaults.none().observedBy((cache, message) -> meter.propagated(message.serverMicros()));
        return switch (transport) {
            case SOUND -> none;
            case LOSES_INVALIDATIONS -> none.losing(1, BusFaults.Loss.HIDDEN);
        };
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

    /** Closes the cache and leaves its own counts in the instance's log. */
    @Override
    public void close() {
        LOG.log(Level.INFO, cities.stats().toString());
        crema.close();
    }
}
