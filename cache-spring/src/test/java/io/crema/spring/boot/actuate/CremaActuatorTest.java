package io.crema.spring.boot.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheWriter;
import io.crema.Crema;
import io.crema.WriteContext;
import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import io.crema.redis.codec.PlainCodec;
import io.crema.testkit.EmbeddedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What the actuator shows of caches over a real Redis. */
class CremaActuatorTest {

    private static EmbeddedRedis redis;
    private static ConfigurableApplicationContext context;

    @BeforeAll
    static void start() {
        redis = EmbeddedRedis.start();
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.application.name=shop",
                        "spring.data.redis.url=" + redis.uri(),
                        "management.endpoints.web.exposure.include=*",
                        "management.endpoints.jmx.exposure.include=*",
                        "spring.jmx.enabled=true",
                        "crema.defaults.jitter=0.2",
                        "crema.caches.numbers.time-to-live=7m")
                .run();
    }

    @AfterAll
    static void stop() {
        context.close();
        redis.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableAutoConfiguration
    static class Application {}

    private final CremaEndpoint endpoint = context.getBean(CremaEndpoint.class);
    private final CacheManager caches = context.getBean(CacheManager.class);
    private final Crema crema = context.getBean(Crema.class);

    @Test
    @SuppressWarnings("unchecked")
    void caches_areListedWithTheirStatistics() {
        caches.getCache("numbers").put(1, 2);
        assertThat(endpoint.caches())
                .containsEntry("remote", "Redis at 127.0.0.1:" + redis.port())
                .extractingByKey("caches")
                .satisfies(all -> assertThat((Map<String, Object>) all).containsKey("numbers"));
        assertThat(endpoint.cache("nowhere")).isNull();
    }

    @Test
    void cache_showsEachPolicy_andWhereItComesFrom() {
        caches.getCache("numbers").put(1, 2);
        Map<String, Object> numbers = endpoint.cache("numbers");
        assertThat(numbers.get("policies").toString()).contains("PT7M").contains("jitter=0.2");
        assertThat(numbers)
                .extractingByKey("sources")
                .isEqualTo(Map.of(
                        "tiers", "standard",
                        "time-to-live", "crema.caches.numbers.time-to-live",
                        "jitter", "crema.defaults.jitter",
                        "null-time-to-live", "standard",
                        "staleness", "standard",
                        "maximum-size", "standard",
                        "degraded", "standard"));
    }

    @Test
    void invalidate_ofKeysOfEveryType_andOfTags() {
        caches.getCache("numbers").put(5, "as int");
        caches.getCache("numbers").put(5L, "as long");
        caches.getCache("numbers").put("5", "as text");
        caches.getCache("numbers").put(6, "other");
        endpoint.invalidate("numbers", "5", null);
        assertThat(caches.getCache("numbers").get(5)).isNull();
        assertThat(caches.getCache("numbers").get(5L)).isNull();
        assertThat(caches.getCache("numbers").get("5")).isNull();
        assertThat(caches.getCache("numbers").get(6)).isNotNull();
        endpoint.invalidate("numbers", null, "tag");
    }

    @Test
    void badRequests_sayWhatIsWrong() {
        assertThatThrownBy(() -> endpoint.invalidate("nowhere", "5", null))
                .isInstanceOf(InvalidEndpointRequestException.class)
                .hasMessageContaining("There is no cache 'nowhere'");
        caches.getCache("numbers").put(1, 2);
        assertThatThrownBy(() -> endpoint.invalidate("numbers", null, null))
                .isInstanceOf(InvalidEndpointRequestException.class)
                .hasMessageContaining("which key or which tag of cache 'numbers'");
        assertThatThrownBy(() -> endpoint.retry("numbers", 1))
                .isInstanceOf(InvalidEndpointRequestException.class)
                .hasMessageContaining("does not write behind");
    }

    @Test
    void deadLetters_areShown_andRetried() {
        AtomicBoolean works = new AtomicBoolean();
        var cache = crema.<String, String>cache("behind")
                .codec(PlainCodec.strings())
                .writer(new CacheWriter<>() {
                    @Override
                    public void write(String key, String value, WriteContext write) {
                        if (!works.get()) {
                            throw new IllegalStateException("poison");
                        }
                    }

                    @Override
                    public void delete(String key, WriteContext write) {
                        throw new AssertionError("nothing is deleted");
                    }
                })
                .writePolicy(
                        WritePolicy.behind().delay(Duration.ofMillis(20)).retry(Backoff.every(Duration.ofMillis(1)), 1))
                .build();
        cache.put("k", "v");
        Awaitility.await()
                .untilAsserted(() -> assertThat(endpoint.cache("behind").toString())
                        .contains("key=k")
                        .contains("poison"));
        long id = cache.writeBehind().deadLetters(10).join().get(0).writeId();
        works.set(true);
        assertThat(endpoint.retry("behind", id)).containsEntry("retried", true);
        assertThat(endpoint.retry("behind", id + 1)).containsEntry("retried", false);
        Awaitility.await()
                .until(() -> cache.writeBehind().deadLetters(10).join().equals(List.of()));
    }

    @Test
    void health_isUp_evenWithoutRedis() {
        HealthIndicator indicator = context.getBean("cremaHealthIndicator", HealthIndicator.class);
        caches.getCache("numbers").put(1, 2);
        Awaitility.await()
                .untilAsserted(() -> assertThat(indicator.health().getDetails()).containsEntry("degraded", false));
        redis.pause();
        try {
            Awaitility.await().untilAsserted(() -> {
                Health health = indicator.health();
                assertThat(health.getStatus()).isEqualTo(Status.UP);
                assertThat(health.getDetails())
                        .containsEntry("degraded", true)
                        .extractingByKey("withoutHeartbeat")
                        .asString()
                        .contains("numbers");
            });
        } finally {
            redis.resume();
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(indicator.health().getDetails()).containsEntry("degraded", false));
    }

    @Test
    void info_namesTheCaches() {
        caches.getCache("numbers").put(1, 2);
        Info.Builder info = new Info.Builder();
        context.getBean("cremaInfoContributor", CremaInfoContributor.class).contribute(info);
        assertThat(info.build().getDetails().toString()).contains("numbers").contains("Redis at");
    }
}
