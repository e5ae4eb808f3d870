package io.crema.postgres.internal.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {

    @Test
    void parse_keys_unescapesEach() {
        assertThat(Message.parse("keys\nproducts\n17\na\\nb\\\\n"))
                .isEqualTo(new Message.Keys("products", List.of("17", "a\nb\\n")));
    }

    @Test
    void parse_emptyKey_isAKey() {
        assertThat(Message.parse("keys\nproducts\n")).isEqualTo(new Message.Keys("products", List.of("")));
    }

    @Test
    void parse_clear_namesTheFeed() {
        assertThat(Message.parse("clear\nproducts")).isEqualTo(new Message.Clear("products"));
    }

    @Test
    void parse_textOfMark_isTheMark() {
        Message.Mark mark = new Message.Mark("shop\nproducts", "f", 12, 11);

        assertThat(Message.parse(mark.text())).isEqualTo(mark);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "keys", "keys\nproducts", "clear", "clear\na\nb", "mark\ng\nf\n1\nx", "later\nproducts"})
    void parse_anythingElse_isUnreadable(String payload) {
        assertThat(Message.parse(payload)).isEqualTo(new Message.Unreadable());
    }
}
