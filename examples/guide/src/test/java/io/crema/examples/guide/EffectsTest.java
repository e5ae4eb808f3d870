package io.crema.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import io.crema.policy.CircuitBreaker;
import io.crema.redis.RedisRemote;
import io.crema.spi.RemoteTier;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the guide's tables show holds on any machine, but for the times: these are not judged. */
@Tag("end-to-end")
@Execution(ExecutionMode.CONCURRENT)
class EffectsTest {

    @Test
    void herd_lookedUpByHand_asksTheDatabaseManyTimes() throws Exception {
        assertThat(measured(HotProduct.byHand(), HotProduct::herd).queries()).isGreaterThan(Shop.INSTANCES);
    }

    @Test
    void herd_withLoader_asksTheDatabaseOncePerInstance() throws Exception {
        Figures figures = measured(HotProduct.loading(), HotProduct::herd);
        assertThat(figures.queries()).isEqualTo(Shop.INSTANCES);
        assertThat(figures.failed()).isZero();
    }

    @Test
    void herd_withRedis_asksTheDatabaseOnce() throws Exception {
        Figures figures = shared(ThreeInstances.shared(), HotProduct::herd);
        assertThat(figures.queries()).isOne();
        assertThat(figures.failed()).isZero();
    }

    @Test
    void price_changes_isOldWhereNobodyTells() throws Exception {
        long untold = measured(ThreeInstances.alone(), ThreeInstances::newPrice).oldPrices();
        long told = shared(ThreeInstances.shared(), ThreeInstances::newPrice).oldPrices();
        assertThat(told).isLessThan(untold);
    }

    @Test
    void missingRows_nullCaching_areAskedForOnceEach() throws Exception {
        long off = shared(MissingRows.off(), MissingRows::crawled).queries();
        long on = shared(MissingRows.on(), MissingRows::crawled).queries();
        assertThat(on).isLessThan(off).isLessThanOrEqualTo(MissingRows.IDS);
    }

    @Test
    void outage_withoutReserve_failsReads() throws Exception {
        assertThat(shared(Plan.shared(DatabaseDown::bare), DatabaseDown::outage).failed())
                .isPositive();
    }

    @Test
    void outage_withReserve_failsNoRead() throws Exception {
        Figures figures = shared(Plan.shared(DatabaseDown::reserve), DatabaseDown::outage);
        assertThat(figures.failed()).isZero();
        assertThat(figures.refused()).isPositive().isLessThan(figures.reads());
    }

    @Test
    void categoryPage_bulkLoader_asksTheDatabaseForPagesNotForProducts() throws Exception {
        Figures figures = shared(CategoryPage.together(), CategoryPage::pages);
        assertThat(figures.queries()).isLessThanOrEqualTo(figures.reads());
        assertThat(figures.failed()).isZero();
    }

    @Test
    void notModified_sameVersion_sendsNoRow() throws Exception {
        assertThat(shared(Plan.shared(LoaderKnows::ifNewer), LoaderKnows::traffic)
                        .bytes())
                .isLessThan(shared(Plan.shared(LoaderKnows::shortForAll), LoaderKnows::traffic)
                        .bytes());
    }

    private static Figures measured(Plan plan, Step.Run run) throws Exception {
        return new Step("", plan, run).measure();
    }

    /** With a Redis that is waited for, however busy the machine is. */
    private static Figures shared(Plan plan, Step.Run run) throws Exception {
        return measured(plan.crema(EffectsTest::withPatience), run);
    }

    private static Crema.Builder withPatience(Shop shop) {
        RemoteTier redis = RedisRemote.builder(shop.redis().uri())
                .timeLimit(Duration.ofSeconds(30))
                .build();
        return Crema.builder().remote(redis).circuitBreaker(CircuitBreaker.off());
    }
}
