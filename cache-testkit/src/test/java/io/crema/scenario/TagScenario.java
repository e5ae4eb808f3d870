package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;

/** Two instances whose loaders and puts give tags to what they keep; both know the tags "t" and "u". */
abstract class TagScenario {

    final Fleet fleet = new Fleet(1);
    final LoadingCaller a;
    final LoadingCaller b;

    TagScenario(Style style) {
        a = new LoadingCaller(style, fleet.bare());
        b = new LoadingCaller(style, fleet.bare());
        b.put("known", "", "t", "u");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    final void assertGoneEverywhere(String key) {
        assertThat(a.read(key)).isNull();
        assertThat(b.read(key)).isNull();
    }
}
