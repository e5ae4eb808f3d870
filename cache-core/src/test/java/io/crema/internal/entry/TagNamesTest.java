package io.crema.internal.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "{}", "a b\n\0", "ü", "€", "\uD83D\uDE00", "\uFFFD", "\uE000", "\uFFFF"})
    void requireTag_anyTextWithOneForm_isATag(String tag) {
        assertThat(TagNames.requireTag(tag)).isSameAs(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "ü", "€", "\uD83D\uDE00"})
    void requireTag_length_isThatInUtf8(String unit) {
        int bytes = unit.getBytes(StandardCharsets.UTF_8).length;
        String longest = unit.repeat(255 / bytes);
        assertThat(TagNames.requireTag(longest)).isSameAs(longest);

        int tooMany = (255 / bytes + 1) * bytes;
        assertThatThrownBy(() -> TagNames.requireTag(longest + unit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tag must have 1 to 255 bytes in UTF-8, but has " + tooMany);
    }

    @Test
    void requireTag_empty_isRefused() {
        assertThatThrownBy(() -> TagNames.requireTag(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tag must have 1 to 255 bytes in UTF-8, but has 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void requireTag_halfOfASurrogatePair_isRefused(int at) {
        StringBuilder tag = new StringBuilder("ab").insert(at, at == 1 ? '\uDE00' : '\uD83D');

        assertThatThrownBy(() -> TagNames.requireTag(tag.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tag has half of a surrogate pair at index " + at + ", which UTF-8 cannot write");
    }

    @Test
    void requireTags_eachOnce_inTheirOrder() {
        assertThat(TagNames.requireTags(List.of("b", "a", "b"))).containsExactly("b", "a");
    }

    @Test
    void requireTags_moreThan64_areRefused() {
        List<String> most = IntStream.range(0, 64).mapToObj(i -> "t" + i).toList();
        assertThat(TagNames.requireTags(most)).hasSize(64);

        List<String> more = IntStream.range(0, 65).mapToObj(i -> "t" + i).toList();
        assertThatThrownBy(() -> TagNames.requireTags(more))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an entry may have 64 tags, but 65 are given");
    }

    @Test
    void requireTags_null_isRefused() {
        assertThatThrownBy(() -> TagNames.requireTags(Arrays.asList("a", null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("a tag is null");
    }
}
