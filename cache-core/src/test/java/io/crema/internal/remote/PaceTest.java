package io.crema.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PaceTest {

    private final Pace pace = new Pace();
    private final List<CompletableFuture<Answer<Integer>>> started = new ArrayList<>();

    private CompletableFuture<Answer<Integer>> admit(int keys) {
        return pace.admit(keys, () -> {
            CompletableFuture<Answer<Integer>> operation = new CompletableFuture<>();
            started.add(operation);
            return operation;
        });
    }

    @Test
    void admit_upToTheMost_startsAtOnce_thenInOrderAsOthersEnd() {
        List<CompletableFuture<Answer<Integer>>> answers = new ArrayList<>();
        for (int i = 0; i < 1_030; i++) {
            answers.add(admit(1));
        }
        assertThat(started).hasSize(1_024);

        started.get(500).complete(Answer.of(500));
        assertThat(answers.get(500))
                .isCompletedWithValueMatching(answer -> answer.get().equals(500));
        assertThat(started).hasSize(1_025);

        started.get(1_024).complete(Answer.of(1_024));
        assertThat(answers.get(1_024))
                .isCompletedWithValueMatching(answer -> answer.get().equals(1_024));
        assertThat(answers.get(1_025)).isNotDone();
    }

    @Test
    void admit_manyKeysInOne_countsThem() {
        for (int i = 0; i < 6; i++) {
            admit(256);
        }
        assertThat(started).hasSize(4);
    }

    @Test
    void noAnswer_thoseThatWait_getNone() {
        for (int i = 0; i < 1_024; i++) {
            admit(1);
        }
        CompletableFuture<Answer<Integer>> waiting = admit(1);
        started.get(0).complete(Answer.none(new IllegalStateException("no answer")));
        assertThat(waiting).isCompletedWithValueMatching(Answer::isEmpty);
        assertThat(started).hasSize(1_024);

        CompletableFuture<Answer<Integer>> later = admit(1);
        assertThat(started).hasSize(1_025);
        started.get(1_024).complete(Answer.of(1));
        assertThat(later).isCompletedWithValueMatching(answer -> answer.get().equals(1));
    }

    @Test
    void operationsThatEndAtOnce_many_doNotNest() {
        CompletableFuture<Answer<Integer>> first = admit(1_024);
        List<CompletableFuture<Answer<Integer>>> answers = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            answers.add(pace.admit(1, () -> CompletableFuture.completedFuture(Answer.of(1))));
        }
        assertThat(answers.get(0)).isNotDone();
        started.get(0).complete(Answer.of(0));
        assertThat(first).isDone();
        assertThat(answers).allMatch(CompletableFuture::isDone);
    }
}
