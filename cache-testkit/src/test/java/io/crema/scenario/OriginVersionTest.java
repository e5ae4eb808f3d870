package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Values whose order the origin's versions decide, whatever tiers there are and whichever way they come. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class OriginVersionTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final SetLoader loader = new SetLoader();
    private final Instance instance;
    private final Calls cache;

    OriginVersionTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
        this.instance = fixture.instance();
        this.cache = loading(instance);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Calls loading(Instance one) {
        return setting.calls(fixture.builder(one, "texts").buildWithContext(loader));
    }

    private static EntryOptions version(long version) {
        return EntryOptions.defaults().originVersion(version);
    }

    /** Gives, one after the other, values of these versions; each is named by its version. */
    private List<Long> giveVersions(long... versions) {
        List<Long> least = new ArrayList<>();
        loader.set((key, context) -> {
            long version = versions[least.size()];
            least.add(context.leastOriginVersion());
            context.originVersion(version);
            return "v" + Long.toUnsignedString(version);
        });
        return least;
    }

    // Writers that commit in one order and put in another

    @Test
    void r24_putOfAnOlderVersion_changesNothing() {
        cache.put("k", "v2", version(2));

        cache.put("k", "v1", version(1));

        assertThat(cache.getIfPresent("k")).isEqualTo("v2");
    }

    @Test
    void r24_putsFromTwoInstances_theNewerVersionStays() {
        assumeThat(setting.tiers().hasRemote()).isTrue();
        Calls other = loading(fixture.instance());
        other.put("k", "v2", version(2));

        cache.put("k", "v1", version(1));

        assertThat(cache.getIfPresent("k")).isEqualTo("v2");
        assertThat(other.getIfPresent("k")).isEqualTo("v2");
    }

    @Test
    void put_sameOrNewerVersion_isStored() {
        cache.put("k", "v2", version(2));
        cache.put("k", "v2 again", version(2));
        assertThat(cache.getIfPresent("k")).isEqualTo("v2 again");

        cache.put("k", "v3", version(3));
        assertThat(cache.getIfPresent("k")).isEqualTo("v3");
    }

    @Test
    void put_versions_areUnsigned() {
        cache.put("k", "small", version(1));
        cache.put("k", "large", version(-1));
        assertThat(cache.getIfPresent("k")).isEqualTo("large");

        cache.put("k", "less", version(Long.MAX_VALUE));

        assertThat(cache.getIfPresent("k")).isEqualTo("large");
    }

    /** A double does not tell them apart. */
    @Test
    void put_largeVersionsThatDifferByOne_areToldApart() {
        cache.put("k", "newer", version((1L << 53) + 1));

        cache.put("k", "older", version(1L << 53));

        assertThat(cache.getIfPresent("k")).isEqualTo("newer");
    }

    @Test
    void put_withoutAVersion_isStoredWhateverThereIs() {
        cache.put("k", "v2", version(2));

        cache.put("k", "none");

        assertThat(cache.getIfPresent("k")).isEqualTo("none");
    }

    // Loaders that read a lagging replica

    @Test
    void r62_replicaLagsBehindTheInvalidation_theOriginItselfIsAsked() {
        cache.invalidate("k", 5);
        List<Long> least = giveVersions(4, 5);

        assertThat(cache.get("k")).isEqualTo("v5");

        assertThat(least).containsExactly(0L, 5L);
        assertThat(cache.getIfPresent("k")).isEqualTo("v5");
    }

    @Test
    void r62_theOriginLagsTooLong_isAskedThreeTimes_andNothingIsKept() {
        cache.invalidate("k", 5);
        List<Long> least = giveVersions(2, 3, 4, 5);

        assertThat(cache.get("k")).isEqualTo("v4");

        assertThat(least).containsExactly(0L, 5L, 5L);
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.stats().fillsRefused()).isEqualTo(1);
        assertThat(cache.get("k")).as("the lease was given up").isEqualTo("v5");
        assertThat(cache.getIfPresent("k")).isEqualTo("v5");
    }

    @Test
    void r62_loadBeganBeforeTheInvalidation_isNotKept() {
        assumeThat(setting.tiers().hasNear()).isTrue();
        HeldLoader held = new HeldLoader();
        loader.set((key, context) -> {
            context.originVersion(4);
            return held.load(key);
        });
        CacheFixture.Caller<String> load = fixture.start(() -> cache.get("k"));
        held.awaitCalled();

        cache.invalidate("k", 5);
        held.answer("v4");

        assertThat(load.await()).isEqualTo("v4");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void r62_refreshFromAReplica_doesNotReplaceANewerValue() {
        cache.put("k", "v5", version(5));
        giveVersions(4, 4, 4);

        assertThat(cache.refresh("k")).isEqualTo("v4");

        assertThat(cache.getIfPresent("k")).isEqualTo("v5");
    }

    @Test
    void invalidate_withAVersion_isRememberedForAMinute() {
        cache.invalidate("k", 5);
        giveVersions(4, 4, 4, 4);
        cache.get("k");
        assertThat(cache.getIfPresent("k")).isNull();

        // A minute from the end of the lease to load, at the latest.
        fixture.pass(Duration.ofSeconds(71));

        assertThat(cache.get("k")).isEqualTo("v4");
        assertThat(cache.getIfPresent("k")).isEqualTo("v4");
    }

    @Test
    void invalidate_severalVersions_theHighestCounts() {
        cache.invalidate("k", 5);
        cache.invalidate("k", 3);
        cache.invalidate("k");

        cache.put("k", "v4", version(4));

        assertThat(cache.getIfPresent("k")).isNull();
        cache.put("k", "v5", version(5));
        assertThat(cache.getIfPresent("k")).isEqualTo("v5");
    }

    @Test
    void invalidate_withAVersion_removesAnOlderOrNewerValue() {
        cache.put("k", "v9", version(9));

        cache.invalidate("k", 5);

        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void invalidate_versionZero_isRefusedByName() {
        assertThatThrownBy(() -> cache.invalidate("k", 0))
                .isInstanceOf(CacheException.class)
                .hasMessage("Cache 'texts': originVersion must not be 0; where there is none, use the method without");
    }

    @Test
    void load_versionZero_failsByName() {
        loader.set((key, context) -> {
            context.originVersion(0);
            return "v";
        });

        assertThatThrownBy(() -> cache.get("k"))
                .isInstanceOf(CacheException.class)
                .hasMessage(
                        "Cache 'texts': in the loader of a key of type java.lang.String, originVersion must not be 0;"
                                + " leave it out where there is none");
    }

    @Test
    void invalidate_withAVersionThatIsNotConfirmed_isSentWithItLater() {
        assumeThat(setting.tiers().hasRemote()).isTrue();
        instance.remote().fail(Operation.INVALIDATE);
        assertThatThrownBy(() -> cache.invalidate("k", 5)).isInstanceOf(CacheException.class);
        assertThatThrownBy(() -> cache.invalidate("k", 3)).isInstanceOf(CacheException.class);

        instance.remote().recover();
        fixture.pass(Duration.ofMillis(250));

        cache.put("k", "v4", version(4));
        assertThat(cache.getIfPresent("k")).isNull();
        cache.put("k", "v5", version(5));
        assertThat(cache.getIfPresent("k")).isEqualTo("v5");
    }

    @Test
    void put_versionAndTags_areBothKept() {
        cache.put("k", "v2", version(2).tags("a"));
        cache.put("k", "v1", version(1));
        assertThat(cache.getIfPresent("k")).isEqualTo("v2");

        cache.invalidateTag("a");

        assertThat(cache.getIfPresent("k")).isNull();
    }

    /** The near copy may be older than what refused the put. */
    @Test
    void r24_putRefusedForWhatThisInstanceHasNotHeardOf_dropsTheNearCopy() {
        assumeThat(setting.tiers()).isEqualTo(Tiers.BOTH);
        Calls other = loading(fixture.instance());
        cache.put("k", "v1", version(1));
        instance.remote().holdDelivery();
        other.put("k", "v3", version(3));
        assertThat(cache.getIfPresent("k")).as("within the bound").isEqualTo("v1");

        cache.put("k", "v2", version(2));

        assertThat(cache.getIfPresent("k")).isEqualTo("v3");
    }
}
