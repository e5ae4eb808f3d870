package io.crema.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.TieredCache;
import io.crema.testkit.EmbeddedRedis;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.assertj.core.api.AbstractStringAssert;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.test.util.AopTestUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Cached methods in transactions of a real PostgreSQL, over a real Redis. */
class TransactionsTest {

    private static EmbeddedRedis redis;
    private static EmbeddedPostgres postgres;
    private static ConfigurableApplicationContext context;

    @BeforeAll
    static void start() throws IOException {
        redis = EmbeddedRedis.start();
        postgres = EmbeddedPostgres.start();
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.application.name=shop",
                        "spring.data.redis.url=" + redis.uri(),
                        "crema.caches.timed.hard-timeout=10s",
                        "crema.caches.held.quarantine-on-commit=20s")
                .run();
    }

    @AfterAll
    static void stop() throws IOException {
        context.close();
        postgres.close();
        redis.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableTransactionManagement
    @EnableAutoConfiguration
    static class Application {

        @Bean
        DataSource dataSource() {
            return postgres.getPostgresDatabase();
        }

        @Bean
        PlatformTransactionManager transactionManager(DataSource source) {
            return new JdbcTransactionManager(source);
        }

        @Bean
        JdbcTemplate jdbc(DataSource source) {
            return new JdbcTemplate(source);
        }

        @Bean
        Names names(JdbcTemplate jdbc) {
            return new Names(jdbc);
        }
    }

    /** Names of products, in a table and behind caches of several kinds. */
    static class Names {

        private final JdbcTemplate jdbc;
        final AtomicInteger calls = new AtomicInteger();

        Names(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        private @Nullable String select(int id) {
            calls.incrementAndGet();
            return jdbc.query(
                    "SELECT name FROM product WHERE id = ?", rows -> rows.next() ? rows.getString(1) : null, id);
        }

        void update(int id, String name) {
            jdbc.update(
                    "INSERT INTO product VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name", id, name);
        }

        @Cacheable("names")
        public @Nullable String find(int id) {
            return select(id);
        }

        @Cacheable(cacheNames = "names", unless = "#result == null")
        public @Nullable String findSome(int id) {
            return select(id);
        }

        @Cacheable("timed")
        public @Nullable String findTimed(int id) {
            return select(id);
        }

        @Cacheable("held")
        public @Nullable String findHeld(int id) {
            return select(id);
        }

        @CacheEvict(cacheNames = "names", key = "#id")
        public void rename(int id, String name) {
            update(id, name);
        }

        @CacheEvict(cacheNames = "held", key = "#id")
        public void renameHeld(int id, String name) {
            update(id, name);
        }

        @CachePut(cacheNames = "names", key = "#id")
        public String put(int id, String name) {
            update(id, name);
            return name;
        }

        @CacheEvict(cacheNames = "names", allEntries = true)
        public void renameAll(String name) {
            jdbc.update("UPDATE product SET name = ?", name);
        }
    }

    private final Names names = context.getBean(Names.class);
    private final CacheManager caches = context.getBean(CacheManager.class);
    private final TransactionTemplate transaction =
            new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    private final Names target = (Names) AopTestUtils.getTargetObject(names);

    @BeforeEach
    void fill() {
        context.getBean(JdbcTemplate.class).execute("DROP TABLE IF EXISTS product");
        context.getBean(JdbcTemplate.class).execute("CREATE TABLE product (id int PRIMARY KEY, name text)");
        names.renameAll("none");
        names.update(1, "old");
        caches.getCacheNames().forEach(name -> caches.getCache(name).clear());
    }

    /** What another thread reads meanwhile, in no transaction. */
    private AbstractStringAssert<?> assertThatElsewhere(int id) {
        return assertThat(elsewhere(() -> names.find(id)));
    }

    private static <T> T elsewhere(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call).join();
    }

    @Test
    void evict_isSeenByTheTransactionAtOnce_andByOthersAfterItsCommit() {
        assertThat(names.find(1)).isEqualTo("old");
        transaction.executeWithoutResult(status -> {
            names.rename(1, "new");
            assertThat(names.find(1)).isEqualTo("new");
            assertThat(names.findSome(1)).isEqualTo("new");
            assertThatElsewhere(1).isEqualTo("old");
        });
        assertThat(names.find(1)).isEqualTo("new");
    }

    @Test
    void evict_thatRollsBack_leavesTheEntry() {
        assertThat(names.find(1)).isEqualTo("old");
        transaction.executeWithoutResult(status -> {
            names.rename(1, "new");
            assertThat(names.find(1)).isEqualTo("new");
            status.setRollbackOnly();
        });
        int calls = target.calls.get();
        assertThat(names.find(1)).isEqualTo("old");
        assertThat(target.calls.get()).isEqualTo(calls);
    }

    @Test
    void load_ofWhatTheTransactionWrote_isGoneAfterARollback() {
        transaction.executeWithoutResult(status -> {
            target.update(1, "never committed");
            assertThat(names.find(1)).isEqualTo("never committed");
            status.setRollbackOnly();
        });
        assertThat(names.find(1)).isEqualTo("old");
    }

    @Test
    void put_isAnInvalidationAfterTheCommit() {
        assertThat(names.find(1)).isEqualTo("old");
        transaction.executeWithoutResult(status -> {
            names.put(1, "new");
            assertThatElsewhere(1).isEqualTo("old");
        });
        int calls = target.calls.get();
        assertThat(names.find(1)).isEqualTo("new");
        assertThat(target.calls.get()).isEqualTo(calls + 1);
    }

    @Test
    void putAfterAMiss_isStoredAfterTheCommit_unlessTheKeyWasChanged() {
        transaction.executeWithoutResult(status -> assertThat(names.findSome(1)).isEqualTo("old"));
        int calls = target.calls.get();
        assertThat(names.findSome(1)).isEqualTo("old");
        assertThat(target.calls.get()).isEqualTo(calls);

        names.rename(1, "older");
        transaction.executeWithoutResult(status -> {
            assertThat(names.findSome(1)).isEqualTo("older");
            names.rename(1, "newer");
        });
        assertThat(names.findSome(1)).isEqualTo("newer");
    }

    @Test
    void clear_waitsForTheCommit() {
        assertThat(names.find(1)).isEqualTo("old");
        transaction.executeWithoutResult(status -> {
            names.renameAll("new");
            assertThat(names.find(1)).isEqualTo("new");
            assertThatElsewhere(1).isEqualTo("old");
        });
        assertThat(names.find(1)).isEqualTo("new");
    }

    @Test
    void requiresNew_hasItsOwnChanges() {
        assertThat(names.find(1)).isEqualTo("old");
        TransactionTemplate inner = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        names.update(2, "second");
        transaction.executeWithoutResult(status -> {
            names.rename(1, "new");
            inner.executeWithoutResult(ignored -> {
                assertThat(names.find(1)).as("not the outer transaction's").isEqualTo("old");
                names.rename(2, "inner");
            });
            assertThat(names.find(1)).isEqualTo("new");
            status.setRollbackOnly();
        });
        assertThat(names.find(1)).isEqualTo("old");
        assertThat(names.find(2)).isEqualTo("inner");
    }

    @Test
    void evict_afterTheCommit_byAnotherSynchronisation_isDone() {
        assertThat(names.find(1)).isEqualTo("old");
        transaction.executeWithoutResult(status -> {
            target.update(1, "new");
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    caches.getCache("names").evict(1);
                }
            });
        });
        assertThat(names.find(1)).isEqualTo("new");
    }

    @Test
    void load_ofATimedCache_runsInTheTransaction() {
        transaction.executeWithoutResult(status -> {
            target.update(1, "mine");
            assertThat(names.findTimed(1)).isEqualTo("mine");
            status.setRollbackOnly();
        });
        assertThat(names.findTimed(1)).isEqualTo("old");
    }

    @Test
    void repeatableRead_storesNothingThatItLoads() {
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        transaction.executeWithoutResult(status -> {
            assertThat(names.findSome(7)).as("its snapshot is made").isNull();
            CompletableFuture.runAsync(() -> names.rename(1, "new")).join();
            assertThat(names.find(1)).isEqualTo("old");
            assertThat(names.findSome(1)).isEqualTo("old");
        });
        assertThat(names.find(1)).isEqualTo("new");
    }

    @Test
    void quarantine_keepsTheKeyEmpty_whileTheTransactionCommits() {
        assertThat(names.findHeld(1)).isEqualTo("old");
        int[] calls = new int[1];
        transaction.executeWithoutResult(status -> {
            names.renameHeld(1, "new");
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    int before = target.calls.get();
                    elsewhere(() -> names.findHeld(1) + names.findHeld(1));
                    calls[0] = target.calls.get() - before;
                }
            });
        });
        assertThat(calls[0]).as("reads go to the origin and keep nothing").isEqualTo(2);
        assertThat(names.findHeld(1)).isEqualTo("new");
        int after = target.calls.get();
        assertThat(names.findHeld(1)).isEqualTo("new");
        assertThat(target.calls.get()).isEqualTo(after);
    }

    @Test
    void redisAway_atTheCommit_doesNotFailTheTransaction() {
        assertThat(names.find(1)).isEqualTo("old");
        names.update(3, "old");
        assertThat(names.findHeld(3)).isEqualTo("old");
        redis.pause();
        try {
            transaction.executeWithoutResult(status -> {
                names.rename(1, "new");
                names.renameHeld(3, "new");
            });
            assertThat(names.find(1)).isEqualTo("new");
            assertThat(names.findHeld(3)).isEqualTo("new");
        } finally {
            redis.resume();
        }
        TieredCache<?, ?> cache = (TieredCache<?, ?>) caches.getCache("names").getNativeCache();
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(cache.stats().invalidationsPending()).isZero());
    }
}
