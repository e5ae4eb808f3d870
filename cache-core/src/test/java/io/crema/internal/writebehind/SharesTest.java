package io.crema.internal.writebehind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SharesTest {

    private static final int PARTITIONS = 256;

    private final List<Long> instances =
            new Random(7).longs(4).map(Shares::identity).boxed().toList();

    private List<Long> preferred(int partition, Set<Long> noted) {
        return instances.stream()
                .filter(noted::contains)
                .filter(each -> Shares.isPreferred(partition, each, noted))
                .toList();
    }

    @Test
    void isPreferred_severalInstances_oneOfThemHasEachPartitionAndAllHaveSome() {
        Set<Long> noted = Set.copyOf(instances);
        List<Long> owners = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(preferred(p, noted)).hasSize(1);
            owners.addAll(preferred(p, noted));
        }

        for (long each : instances) {
            assertThat(owners.stream().filter(owner -> owner == each)).hasSizeBetween(40, 90);
        }
    }

    @Test
    void isPreferred_oneLeavesAPartition_anotherHasItAndAllElseStays() {
        Set<Long> noted = new HashSet<>(instances);
        long leaving = preferred(3, noted).get(0);
        List<List<Long>> before = LongStream.range(0, PARTITIONS)
                .mapToObj(p -> preferred((int) p, Set.copyOf(instances)))
                .toList();
        noted.add(Shares.absence(leaving, 3));

        assertThat(preferred(3, noted)).hasSize(1).doesNotContain(leaving);
        assertThat(Shares.othersMay(3, leaving, noted)).isTrue();
        for (int p = 0; p < PARTITIONS; p++) {
            if (p != 3) {
                assertThat(preferred(p, noted)).isEqualTo(before.get(p));
            }
        }
    }

    @Test
    void isPreferred_oneLeavesAll_hasNone() {
        Set<Long> noted = new HashSet<>(instances);
        noted.add(Shares.absence(instances.get(0), Shares.ALL));

        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(preferred(p, noted)).hasSize(1).doesNotContain(instances.get(0));
        }
    }

    @Test
    void isPreferred_allLeaveAPartition_staysWithOneOfThem() {
        Set<Long> noted = new HashSet<>(instances);
        List<Long> before = preferred(3, noted);
        instances.forEach(each -> noted.add(Shares.absence(each, 3)));

        assertThat(preferred(3, noted)).isEqualTo(before);
        instances.forEach(each -> assertThat(Shares.othersMay(3, each, noted)).isFalse());
    }

    @Test
    void absence_ofOneThatHasGone_isNoInstance() {
        Set<Long> noted = new HashSet<>(Set.of(instances.get(0)));
        for (int p = 0; p < PARTITIONS; p++) {
            noted.add(Shares.absence(instances.get(1), p));
        }

        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(preferred(p, noted)).containsExactly(instances.get(0));
        }
    }

    @Test
    void identity_isNever0() {
        assertThat(Shares.identity(1)).isNotZero();
        assertThat(Shares.identity(7)).isEqualTo(6);
    }
}
