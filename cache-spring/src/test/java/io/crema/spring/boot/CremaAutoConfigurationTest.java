package io.crema.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.Crema;
import io.crema.redis.RedisRemote;
import io.crema.spi.Codec;
import io.crema.spring.CremaCacheManager;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the starter gives under which conditions; without any Redis. */
class CremaAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Application.class)
            .withPropertyValues("crema.redis.enabled=false");

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Shop shop() {
            return new Shop();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Own {
        @Bean
        CacheManager own() {
            return new ConcurrentMapCacheManager();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Advised {
        @Bean
        Counting counting() {
            return new Counting();
        }
    }

    /** Advice that needs the call to be bound to the thread. */
    @Aspect
    static class Counting {
        final AtomicInteger before = new AtomicInteger();

        @Before("execution(* io.crema.spring.boot.Shop.find(long)) && args(id)")
        public void count(long id) {
            before.incrementAndGet();
        }
    }

    @Test
    void noRedis_cachesInThisProcess() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(CremaCacheManager.class).doesNotHaveBean(RedisRemote.class);
            Shop shop = context.getBean(Shop.class);
            assertThat(shop.find(1)).isSameAs(shop.find(1));
        });
    }

    @Test
    void nothingConfigured_withSpringDataRedis_connectsWhereItWould() {
        new ApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withPropertyValues("spring.data.redis.port=1", "crema.namespace=elsewhere")
                .run(context -> {
                    assertThat(context.getBean(RedisRemote.class)).hasToString("Redis at localhost:1");
                    // Nothing listens there, and the service goes on.
                    assertThat(context.getBean(Shop.class).find(1)).isEqualTo(Shop.product(1));
                    context.getBean(Shop.class).remove(1);
                });
    }

    @Test
    void cacheType_none_switchesOff() {
        runner.withPropertyValues("spring.cache.type=none")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(Crema.class)
                        .getBean(CacheManager.class)
                        .isInstanceOf(NoOpCacheManager.class));
    }

    @Test
    void enabled_false_leavesItToBoot() {
        runner.withPropertyValues("crema.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(Crema.class).hasSingleBean(CacheManager.class));
    }

    @Test
    void ownCacheManager_isKept() {
        runner.withUserConfiguration(Own.class)
                .run(context -> assertThat(context)
                        .doesNotHaveBean(Crema.class)
                        .getBean(CacheManager.class)
                        .isInstanceOf(ConcurrentMapCacheManager.class));
    }

    @Test
    void cacheNames_makeItStrict() {
        runner.withPropertyValues("spring.cache.cache-names=products").run(context -> {
            CacheManager manager = context.getBean(CacheManager.class);
            assertThat(manager.getCacheNames()).containsExactly("products");
            assertThat(manager.getCache("products")).isNotNull();
            assertThat(manager.getCache("others")).isNull();
        });
    }

    @Test
    void policies_ofACache_areMergedOverTheDefaults() {
        PolicyProperties merged = PolicyPropertiesTest.withTimeToLive("PT5S")
                .over(PolicyPropertiesTest.withTimeToLive("PT9S").over(PolicyProperties.STANDARD));
        assertThat(merged.timeToLive()).hasSeconds(5);
        assertThat(merged.maximumSize()).isEqualTo(10_000);
    }

    @Test
    void refreshAhead_callsTheMethodAgain_withItsAdvice() {
        runner.withUserConfiguration(Advised.class)
                .withPropertyValues("crema.caches.products.time-to-live=1s", "crema.caches.products.refresh-ahead=0.1")
                .run(context -> {
                    Shop shop = context.getBean(Shop.class);
                    Counting counting = context.getBean(Counting.class);
                    shop.find(1);
                    Awaitility.await().untilAsserted(() -> {
                        shop.find(1);
                        assertThat(counting.before).hasValueGreaterThan(2);
                    });
                });
    }

    @Test
    void autoSync_false_leavesMethodsAsTheyAre() {
        runner.withPropertyValues("crema.auto-sync=false").run(context -> {
            Shop shop = context.getBean(Shop.class);
            assertThat(shop.find(1)).isSameAs(shop.find(1));
        });
    }

    @Test
    void faults_nameThePropertyOrCache() {
        runner.withPropertyValues("crema.caches.products.staleness=1ms")
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContainingAll("products", "staleness"));
        runner.withPropertyValues("crema.defaults.time-to-live=soon")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("soon"));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void faults_atTheStart_areExplained(CapturedOutput output) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties("crema.caches.products.staleness=1ms", "spring.main.banner-mode=off");
        assertThatThrownBy(application::run)
                .hasRootCauseMessage(
                        "Cache 'products' is not configured correctly: staleness(..) must be from 1250 ms to a day, but is"
                                + " PT0.001S");
        assertThat(output).contains("APPLICATION FAILED TO START").contains("properties below crema.caches");
    }

    @Test
    void codecFormat_json_writesJson_ofAllowedClassesOnly() {
        runner.withPropertyValues("crema.codec.format=json").run(context -> {
            Codec<Object> codec = context.getBean(DefaultCodec.class).codec();
            byte[] bytes = codec.encode(Shop.product(1), 10_000);
            assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("\"name\":\"product 1\"");
            assertThat(codec.decode(ByteBuffer.wrap(bytes))).isEqualTo(Shop.product(1));
            assertThatThrownBy(() -> codec.encode(new ConcurrentMapCacheManager(), 10_000))
                    .hasMessageContaining("crema.codec.allowed-packages");
        });
    }
}
