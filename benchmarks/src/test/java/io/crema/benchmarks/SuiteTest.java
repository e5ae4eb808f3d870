package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.benchmarks.Bar.RatioAtLeast;
import io.crema.benchmarks.Bar.RatioAtMost;
import io.crema.benchmarks.Competitor.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.annotations.Benchmark;

class SuiteTest {

    @ParameterizedTest
    @EnumSource(Suite.class)
    void competitors_measuredByJmh_areBenchmarks(Suite suite) {
        assertThat(suite.competitors)
                .filteredOn(competitor -> competitor.way() instanceof Method)
                .allSatisfy(competitor -> {
                    Method method = (Method) competitor.way();
                    assertThat(Arrays.stream(method.type().getMethods())
                                    .filter(one -> one.isAnnotationPresent(Benchmark.class))
                                    .map(java.lang.reflect.Method::getName))
                            .contains(method.method());
                });
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    void bars_nameCompetitorsThatAreSetBesideEachOther(Suite suite) {
        List<String> names = suite.competitors.stream().map(Competitor::name).toList();
        assertThat(suite.bars).allSatisfy(bar -> {
            assertThat(names).contains(bar.competitor());
            assertThat(bar.anyOf())
                    .filteredOn(limit -> limit instanceof RatioAtMost || limit instanceof RatioAtLeast)
                    .allSatisfy(limit -> {
                        String by = limit instanceof RatioAtMost most ? most.by() : ((RatioAtLeast) limit).by();
                        assertThat(names).contains(by);
                        assertThat(suite.pairing.pairs(bar.competitor(), by)).isTrue();
                    });
        });
    }

    @Test
    void number_ofAnInfoReply_endsAtTheComma() {
        String info = "# Commandstats\r\ncmdstat_evalsha:calls=12,usec=9\r\ntotal_reads_processed:7\r\n";
        assertThat(RoundTrips.number(info, "cmdstat_evalsha:calls=")).isEqualTo(12);
        assertThat(RoundTrips.number(info, "total_reads_processed:")).isEqualTo(7);
        assertThat(RoundTrips.number(info, "cmdstat_get:calls=")).isZero();
    }
}
