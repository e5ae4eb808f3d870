package io.crema.postgres.internal.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BacklogTest {

    private final Backlog backlog = new Backlog();

    @Test
    void addMark_ofAConfirmedMark_dropsWhatCameBeforeIt() {
        add("1", 0);
        mark("f", 1, 0);
        add("2", 0);
        mark("f", 2, 1);
        add("3", 0);

        assertThat(keys(backlog.takeAll())).containsExactly("2", "3");
    }

    @Test
    void isCovering_onlyOnceAMarkThatWasReceivedIsConfirmed() {
        mark("f", 7, 6);
        assertThat(backlog.isCovering()).isFalse();
        mark("f", 8, 7);
        assertThat(backlog.isCovering()).isTrue();
    }

    @Test
    void addMark_ofAnotherForwarder_confirmsNothingOfTheFirst() {
        add("1", 0);
        mark("f", 1, 0);
        mark("g", 2, 1);

        assertThat(backlog.isCovering()).isFalse();
        assertThat(keys(backlog.takeAll())).containsExactly("1");
    }

    @Test
    void addMark_ofTheNextForwarder_confirmsWhatTheFirstLeft() {
        add("1", 0);
        mark("f", 1, 0);
        add("2", 0);
        mark("g", 1, 0);
        add("3", 0);
        mark("g", 2, 1);

        assertThat(keys(backlog.takeAll())).containsExactly("3");
    }

    @Test
    void takeOlderThan_leavesTheYounger() {
        add("1", 10);
        mark("f", 1, 0);
        add("2", 20);
        add("3", 30);

        assertThat(keys(backlog.takeOlderThan(30))).containsExactly("1", "2");
        assertThat(keys(backlog.takeAll())).containsExactly("3");
    }

    @Test
    void add_moreThanIsKept_becomesAClearAsOldAsTheFirst() {
        IntStream.rangeClosed(0, Batch.MOST_KEYS).forEach(i -> add(Integer.toString(i), 5 + i));

        Batch old = backlog.takeOlderThan(6);

        assertThat(old.feeds().get("products").isAll()).isTrue();
        assertThat(backlog.takeAll().isEmpty()).isTrue();
    }

    private void add(String key, long time) {
        backlog.add(new Message.Keys("products", List.of(key)), time);
    }

    private void mark(String forwarder, long number, long applied) {
        backlog.addMark(new Message.Mark("group", forwarder, number, applied), 0);
    }

    private static Iterable<String> keys(Batch batch) {
        return batch.feeds().get("products").keys();
    }
}
