package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.policy.NullCaching;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What tags do to entries, one call after the other, whatever tiers there are and whichever way it is called. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class TagsTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final SetLoader loader = new SetLoader();
    private final Calls cache;

    TagsTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
        this.cache = loading(fixture.instance());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Calls loading(Instance instance) {
        return setting.calls(fixture.builder(instance, "texts")
                .nulls(NullCaching.cachedFor(Duration.ofMinutes(1)))
                .buildWithContext(loader));
    }

    private void put(String key, String value, String... tags) {
        cache.put(key, value, EntryOptions.defaults().tags(tags));
    }

    @Test
    void invalidateTag_entriesThatWerePutWithIt_areGone_othersStay() {
        put("a1", "1", "a");
        put("a2", "2", "a");
        put("b", "3", "b");
        cache.put("none", "4");

        cache.invalidateTag("a");

        assertThat(cache.getIfPresent("a1")).isNull();
        assertThat(cache.entry("a2")).isNull();
        assertThat(cache.getIfPresent("b")).isEqualTo("3");
        assertThat(cache.getIfPresent("none")).isEqualTo("4");
    }

    @Test
    void invalidateTag_loadedEntry_isLoadedAnew() {
        loader.give("1", "a");
        assertThat(cache.get("k")).isEqualTo("1");
        assertThat(cache.get("k")).isEqualTo("1");
        assertThat(loader.calls()).isEqualTo(1);
        loader.give("2", "a");

        cache.invalidateTag("a");

        assertThat(cache.get("k")).isEqualTo("2");
        assertThat(cache.getIfPresent("k")).isEqualTo("2");
        assertThat(loader.calls()).isEqualTo(2);
    }

    @Test
    void invalidateTag_entryWithSeveral_isGoneByAnyOfThem() {
        for (String tag : List.of("a", "b", "c")) {
            put("k", "1", "a", "b", "c");
            assertThat(cache.getIfPresent("k")).isEqualTo("1");

            cache.invalidateTag(tag);

            assertThat(cache.getIfPresent("k")).as(tag).isNull();
        }
    }

    @Test
    void invalidateTag_thatNobodyHas_changesNothing() {
        put("k", "1", "a");

        cache.invalidateTag("never");

        assertThat(cache.getIfPresent("k")).isEqualTo("1");
    }

    @Test
    void invalidateTag_whatIsPutAfterIt_stays() {
        put("k", "1", "a");
        cache.invalidateTag("a");

        put("k", "2", "a");

        assertThat(cache.getIfPresent("k")).isEqualTo("2");
        cache.invalidateTag("a");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void put_withOtherTagsThanBefore_hasThoseOnly() {
        put("k", "1", "a");
        put("k", "2", "b");

        cache.invalidateTag("a");
        assertThat(cache.getIfPresent("k")).isEqualTo("2");
        cache.invalidateTag("b");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void invalidateTag_cachedNull_isGoneToo() {
        loader.give(null, "a");
        assertThat(cache.get("k")).isNull();
        assertThat(cache.entry("k")).isNotNull();

        cache.invalidateTag("a");

        assertThat(cache.entry("k")).isNull();
    }

    @Test
    void getAll_deadEntries_areLoadedAnew() {
        put("k1", "1", "a");
        put("k2", "2", "b");
        cache.invalidateTag("a");
        loader.give("new", "a");

        assertThat(cache.getAllPresent(List.of("k1", "k2"))).isEqualTo(Map.of("k2", "2"));
        assertThat(cache.getAll(List.of("k1", "k2"))).isEqualTo(Map.of("k1", "new", "k2", "2"));
    }

    @Test
    void putIfAbsent_valueWithDeadTags_isAbsent() {
        put("k", "1", "a", "b");
        assertThat(cache.putIfAbsent("k", "2")).isFalse();
        assertThat(cache.getIfPresent("k")).isEqualTo("1");

        cache.invalidateTag("b");

        assertThat(cache.putIfAbsent("k", "2")).isTrue();
        assertThat(cache.getIfPresent("k")).isEqualTo("2");
        assertThat(cache.putIfAbsent("k", "3")).isFalse();
    }

    @Test
    void refresh_taggedEntry_hasTheTagsOfTheNewLoad() {
        loader.give("1", "a");
        cache.get("k");
        loader.give("2", "b");
        assertThat(cache.refresh("k")).isEqualTo("2");

        cache.invalidateTag("a");
        assertThat(cache.getIfPresent("k")).isEqualTo("2");
        cache.invalidateTag("b");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void clear_taggedEntries_areGone_andTagsGoOn() {
        put("k", "1", "a");
        cache.clear();
        assertThat(cache.getIfPresent("k")).isNull();

        put("k", "2", "a");
        assertThat(cache.getIfPresent("k")).isEqualTo("2");
        cache.invalidateTag("a");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void tags_oddOnes_areTheirOwn() {
        List<String> odd = List.of(
                " ", "a b", "{x}", "a\0b", "a\nb", "*", "ü", "€", "\uD83D\uDE00", "x".repeat(255), "€".repeat(85));
        odd.forEach(tag -> put(tag, "v", tag));

        for (String tag : odd) {
            cache.invalidateTag(tag);
            assertThat(cache.getIfPresent(tag)).as(tag).isNull();
        }
    }

    @Test
    void tags_oddOnes_leaveEachOtherAlone() {
        put("k", "v", "ab");

        for (String tag : List.of("a", "abc", "AB", "ab ", "a\0b", "\u00E4b")) {
            cache.invalidateTag(tag);
            assertThat(cache.getIfPresent("k")).as(tag).isEqualTo("v");
        }
    }

    @Test
    void tags_asManyAsAllowed_workAlike() {
        String[] most = IntStream.range(0, 64).mapToObj(i -> "t" + i).toArray(String[]::new);
        put("k", "1", most);
        assertThat(cache.getIfPresent("k")).isEqualTo("1");

        cache.invalidateTag("t63");

        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void invalidateTag_noTag_isRefusedByName() {
        assertThatThrownBy(() -> cache.invalidateTag(""))
                .isInstanceOf(CacheException.class)
                .hasMessage("Cache 'texts': a tag must have 1 to 255 bytes in UTF-8, but has 0");
        assertThatThrownBy(() -> cache.invalidateTag("x".repeat(256)))
                .isInstanceOf(CacheException.class)
                .hasMessage("Cache 'texts': a tag must have 1 to 255 bytes in UTF-8, but has 256");
        assertThatThrownBy(() -> cache.invalidateTag("a\uD83D"))
                .isInstanceOf(CacheException.class)
                .hasMessageStartingWith("Cache 'texts': a tag has half of a surrogate pair at index 1");
        assertThatThrownBy(() -> cache.invalidateTag(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void load_withWhatIsNoTag_failsByName() {
        loader.give("1", "a", "");

        assertThatThrownBy(() -> cache.get("k"))
                .isInstanceOf(CacheException.class)
                .hasMessage(
                        "Cache 'texts': in the loader of a key of type java.lang.String, a tag must have 1 to 255 bytes"
                                + " in UTF-8, but has 0");
    }

    @Test
    void invalidateTag_afterClose_isRefused() {
        fixture.close();

        assertThatThrownBy(() -> cache.invalidateTag("a"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("closed");
    }

    // What else a loader may say

    @Test
    void load_doNotCache_isForWhoAsks() {
        loader.set((key, context) -> {
            context.doNotCache();
            return "1";
        });

        assertThat(cache.get("k")).isEqualTo("1");
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.get("k")).isEqualTo("1");
        assertThat(loader.calls()).isEqualTo(2);
    }

    @Test
    void refresh_doNotCache_leavesNothingOld() {
        cache.put("k", "0");
        loader.set((key, context) -> {
            context.doNotCache();
            return "1";
        });

        assertThat(cache.refresh("k")).isEqualTo("1");

        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void load_timeToLive_isThatOfTheValue() {
        loader.set((key, context) -> {
            context.timeToLive(Duration.ofSeconds(3)).tags("a");
            return "1";
        });
        cache.get("k");

        fixture.pass(Duration.ofMillis(2_900));
        assertThat(cache.getIfPresent("k")).isEqualTo("1");
        fixture.pass(Duration.ofMillis(200));
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void load_badOption_failsByName() {
        loader.set((key, context) -> {
            context.weight(-1);
            return "1";
        });

        assertThatThrownBy(() -> cache.get("k"))
                .isInstanceOf(CacheException.class)
                .hasMessage(
                        "Cache 'texts': in the loader of a key of type java.lang.String, weight must not be negative,"
                                + " but is -1");
    }

    @Test
    void load_nothingSaid_isCachedAsByAnyLoader() {
        loader.set((key, context) -> "1 " + context.leastOriginVersion());

        assertThat(cache.get("k")).isEqualTo("1 0");
        assertThat(cache.getIfPresent("k")).isEqualTo("1 0");
    }

    // With others

    @Test
    void invalidateTag_byAnother_concernsWhatIsHere() {
        assumeThat(setting.tiers().hasRemote()).isTrue();
        Calls other = loading(fixture.instance());
        put("k1", "1", "a", "b");
        put("k2", "2", "b");
        assertThat(other.getIfPresent("k1")).as("from the remote tier").isEqualTo("1");
        assertThat(other.getIfPresent("k1")).isEqualTo("1");
        assertThat(other.getIfPresent("k2")).isEqualTo("2");

        other.invalidateTag("a");

        assertThat(cache.getIfPresent("k1")).isNull();
        assertThat(other.getIfPresent("k1")).isNull();
        assertThat(cache.getIfPresent("k2")).isEqualTo("2");
        assertThat(other.getIfPresent("k2")).isEqualTo("2");
    }

    @Test
    void getIfPresent_ofAnInstanceThatComesLater_knowsDeadEntries() {
        assumeThat(setting.tiers().hasRemote()).isTrue();
        put("k1", "1", "a");
        put("k2", "2", "b");
        cache.invalidateTag("a");

        Calls later = loading(fixture.instance());

        assertThat(later.getIfPresent("k1")).isNull();
        assertThat(later.getIfPresent("k2")).isEqualTo("2");
    }

    @Test
    void invalidateTag_manyEntries_isOneOperation() {
        assumeThat(setting.tiers().hasRemote()).isTrue();
        Instance instance = fixture.instance();
        Calls calls = loading(instance);
        for (int i = 0; i < 100; i++) {
            calls.put("k" + i, "v", EntryOptions.defaults().tags("a"));
        }
        int before = executed(instance);

        calls.invalidateTag("a");

        assertThat(executed(instance)).isEqualTo(before + 1);
        assertThat(instance.remote().executed(Operation.INVALIDATE_TAG)).isEqualTo(1);
    }

    private static int executed(Instance instance) {
        int executed = 0;
        for (Operation operation : Operation.values()) {
            executed += operation.onBus() ? 0 : instance.remote().executed(operation);
        }
        return executed;
    }

    /** Versions that an instance knows are not asked for, as long as it has its lease. */
    @Test
    void getIfPresent_tagsThatAreKnown_costsNoMoreThanWithoutTags() {
        assumeThat(setting.tiers()).isEqualTo(Tiers.BOTH);
        Instance instance = fixture.instance();
        Calls calls = loading(instance);
        put("k1", "1", "a", "b");
        put("k2", "2", "b", "a");
        assertThat(calls.getIfPresent("k1")).isEqualTo("1");
        assertThat(instance.remote().executed(Operation.TAG_VERSIONS)).isEqualTo(1);

        assertThat(calls.getIfPresent("k2")).isEqualTo("2");
        assertThat(calls.getIfPresent("k2")).isEqualTo("2");

        assertThat(instance.remote().executed(Operation.TAG_VERSIONS)).isEqualTo(1);
        assertThat(instance.remote().executed(Operation.READ)).isEqualTo(2);
    }
}
