package com.example.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.policy.Near;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.KryoCodec;
import io.crema.testkit.EmbeddedRedis;
import org.junit.jupiter.api.Test;

/** Compiles and runs against the published artifacts, as a service does. */
class ConsumerTest {

    record Product(long id, String name) {}

    @Test
    void get_overPublishedArtifacts_isSharedBetweenInstances() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                Crema one = Crema.builder().remote(RedisRemote.connect(redis.uri())).build();
                Crema other = Crema.builder().remote(RedisRemote.connect(redis.uri())).build()) {
            LoadingTieredCache<Long, Product> first = one.<Long, Product>cache("products")
                    .codec(KryoCodec.of(Product.class))
                    .near(Near.entries(100))
                    .build(id -> new Product(id, "first"));
            LoadingTieredCache<Long, Product> second = other.<Long, Product>cache("products")
                    .codec(KryoCodec.of(Product.class))
                    .near(Near.none())
                    .build(id -> new Product(id, "second"));

            assertEquals("first", first.get(1L).name());
            assertEquals("first", second.get(1L).name());
            second.invalidate(1L);
            assertNull(second.getIfPresent(1L));
        }
    }
}
