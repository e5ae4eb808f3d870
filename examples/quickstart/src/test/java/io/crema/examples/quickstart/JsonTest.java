package io.crema.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void write_nestedValues_readsBackTheSame() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("empty", List.of());
        map.put("none", null);
        map.put("number", 1.5);
        map.put("text \"quoted\" \\ \n \u0001 é", List.of(Map.of(), "a", Map.of("b", 2.0)));

        assertThat(JsonText.parse(Json.write(map))).isEqualTo(map);
    }

    @Test
    void write_whatJsonDoesNotKnow_isRefused() {
        assertThatThrownBy(() -> Json.write(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.write(new Object())).isInstanceOf(IllegalArgumentException.class);
    }
}
