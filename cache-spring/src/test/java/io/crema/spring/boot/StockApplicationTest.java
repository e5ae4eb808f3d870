package io.crema.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.spring.CremaCacheManager;
import io.crema.testkit.EmbeddedRedis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.AopTestUtils;

/** A stock application with the dependency and the URL of a Redis, twice over one Redis. */
class StockApplicationTest {

    private static EmbeddedRedis redis;
    private static ConfigurableApplicationContext one;
    private static ConfigurableApplicationContext other;

    @BeforeAll
    static void start() {
        redis = EmbeddedRedis.start();
        one = application();
        other = application();
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        redis.close();
    }

    static ConfigurableApplicationContext application() {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties("spring.application.name=shop", "spring.data.redis.url=" + redis.uri())
                .run();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Shop shop() {
            return new Shop();
        }
    }

    private final Shop shop = one.getBean(Shop.class);
    private final Shop there = other.getBean(Shop.class);

    private int calls() {
        return count(one) + count(other);
    }

    private static int count(ConfigurableApplicationContext context) {
        return ((Shop) AopTestUtils.getTargetObject(context.getBean(Shop.class))).calls.get();
    }

    private static void openGates() {
        for (ConfigurableApplicationContext context : List.of(one, other)) {
            ((Shop) AopTestUtils.getTargetObject(context.getBean(Shop.class))).gate.countDown();
        }
    }

    /** Calls on two instances, one after the other, and says how often the methods ran. */
    private <T> int executions(Callable<T> first, Callable<T> second, T expected) throws Exception {
        int before = calls();
        assertThat(first.call()).isEqualTo(expected);
        assertThat(second.call()).isEqualTo(expected);
        assertThat(first.call()).isEqualTo(expected);
        return calls() - before;
    }

    @Test
    void values_ofEveryShape_areSharedByInstances() throws Exception {
        assertThat(executions(() -> shop.find(1), () -> there.find(1), Shop.product(1)))
                .isEqualTo(1);
        assertThat(executions(() -> shop.missing(1), () -> there.missing(1), null))
                .isEqualTo(1);
        assertThat(executions(
                        () -> shop.optional(1).orElseThrow(),
                        () -> there.optional(1).orElseThrow(),
                        Shop.product(1)))
                .isEqualTo(1);
        assertThat(executions(() -> shop.unless(1), () -> there.unless(1), Shop.product(1)))
                .isEqualTo(1);
        assertThat(executions(() -> shop.pair("a", 1), () -> there.pair("a", 1), "a1"))
                .isEqualTo(1);
        assertThat(executions(shop::all, there::all, List.of(Shop.product(1), Shop.product(2))))
                .isEqualTo(1);
        assertThat(executions(() -> shop.future(1).get(), () -> there.future(1).get(), Shop.product(1)))
                .isEqualTo(1);
        assertThat(executions(() -> shop.mono(1).block(), () -> there.mono(1).block(), Shop.product(1)))
                .isEqualTo(1);
        assertThat(executions(
                        () -> shop.flux().collectList().block(),
                        () -> there.flux().collectList().block(),
                        List.of(Shop.product(1), Shop.product(2))))
                .isEqualTo(1);
    }

    @Test
    void nullUnderUnless_isNotCached() throws Exception {
        assertThat(executions(() -> shop.unless(-1), () -> there.unless(-1), null))
                .isEqualTo(3);
    }

    @Test
    void put_andEvictions_reachTheOtherInstance() {
        there.find(7);
        Shop.Product changed = new Shop.Product(7, "changed", List.of());
        shop.save(changed);
        Awaitility.await().untilAsserted(() -> assertThat(there.find(7)).isEqualTo(changed));

        shop.remove(7);
        Awaitility.await().untilAsserted(() -> assertThat(there.find(7)).isEqualTo(Shop.product(7)));

        shop.save(changed);
        shop.removeAll();
        Awaitility.await().untilAsserted(() -> assertThat(there.find(7)).isEqualTo(Shop.product(7)));
    }

    @Test
    void failure_comesAsTheMethodThrewIt() {
        assertThatThrownBy(() -> shop.failing(3))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("no product 3");
    }

    @Test
    void coldCalls_twoHundredOverTwoInstances_areOneExecution() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(200);
        try {
            int before = calls();
            List<Future<Shop.Product>> results = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Shop called = i % 2 == 0 ? shop : there;
                results.add(executor.submit(() -> called.slow(5)));
            }
            Awaitility.await().until(() -> calls() > before);
            openGates();
            Set<Shop.Product> values = new HashSet<>();
            for (Future<Shop.Product> result : results) {
                values.add(result.get(20, TimeUnit.SECONDS));
            }

            assertThat(values).containsExactly(Shop.product(5));
            assertThat(calls() - before).isEqualTo(1);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void manager_givesTheSameCacheEachTime_overTheTieredOne() {
        CremaCacheManager manager = one.getBean(CremaCacheManager.class);
        assertThat(manager.getCache("same")).isSameAs(manager.getCache("same"));
        assertThat(manager.getCache("same").getNativeCache()).isInstanceOf(TieredCache.class);
        assertThat(manager.crema()).isSameAs(one.getBean(Crema.class));
        assertThat(manager.getCacheNames()).contains("same");
    }
}
