package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.coherence.Key.Kind;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyTest {

    private static final int KEYS = 10_000;

    @Test
    void kind_ofTen_oneIsTaggedAndOneVersioned() {
        List<Kind> kinds =
                IntStream.range(40, 50).mapToObj(n -> new Key(n).kind()).toList();

        assertThat(kinds)
                .containsOnlyOnce(Kind.TAGGED, Kind.VERSIONED)
                .contains(Kind.PLAIN)
                .hasSize(10);
    }

    @ParameterizedTest
    @EnumSource
    void ofKind_anyKey_isOfTheSameTenAndOfThatKind(Kind kind) {
        for (int number = 0; number < 30; number++) {
            Key key = new Key(number).ofKind(kind);

            assertThat(key.kind()).isEqualTo(kind);
            assertThat(key.number() / 10).isEqualTo(number / 10);
        }
    }

    @Test
    void ofKind_sameKind_isTheKeyItself() {
        assertThat(new Key(48).ofKind(Kind.PLAIN)).isEqualTo(new Key(48));
    }

    @Test
    void sameTag_taggedKey_areAllKeysWithItsTag() {
        List<Key> tagged = IntStream.range(0, KEYS)
                .mapToObj(Key::new)
                .filter(key -> key.kind() == Kind.TAGGED)
                .toList();
        List<Key> expected = tagged.stream()
                .filter(key -> key.tag().equals(new Key(1_513).tag()))
                .toList();

        assertThat(new Key(1_513).sameTag(KEYS)).isEqualTo(expected).hasSize(20).contains(new Key(1_513));
        assertThat(tagged.stream().map(Key::tag).collect(Collectors.toSet())).hasSize(50);
    }
}
