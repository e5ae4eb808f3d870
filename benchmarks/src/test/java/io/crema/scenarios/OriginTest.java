package io.crema.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class OriginTest {

    private final Origin origin = Origin.start();
    private final ExecutorService executor = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        origin.close();
        executor.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void answer_eachRequest_isOfItsKeyAndWrittenDown(OriginClient.Kind kind) throws IOException {
        OriginClient client = new OriginClient(origin.port(), kind);
        byte[] value = client.load("a");
        assertThat(Value.isOf("a", value)).isTrue();
        assertThat(Value.isOf("b", value)).isFalse();
        client.load("b");
        assertThat(origin.log().calls()).extracting(CallLog.Call::key).containsExactly("a", "b");
        assertThat(origin.log().calls()).allMatch(CallLog.Call::answered);
        assertThat(Value.madeAt(value)).isEqualTo(origin.log().calls().get(0).ended());
    }

    @ParameterizedTest
    @EnumSource
    void fail_eachRequest_isHungUpOnAndWrittenDown(OriginClient.Kind kind) throws IOException {
        OriginClient client = new OriginClient(origin.port(), kind);
        client.load("a");
        origin.set(Origin.Mode.FAIL, Duration.ZERO);
        assertThatThrownBy(() -> client.load("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.load("a")).isInstanceOf(IOException.class);
        assertThat(origin.log().calls()).extracting(CallLog.Call::answered).containsExactly(true, false, false);
        origin.set(Origin.Mode.ANSWER, Duration.ZERO);
        client.load("a");
    }

    @Test
    void hang_requests_areAnsweredWhenItIsOver() {
        OriginClient client = new OriginClient(origin.port(), OriginClient.Kind.DEAF);
        origin.set(Origin.Mode.HANG, Duration.ZERO);
        CompletableFuture<byte[]> value = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return client.load("a");
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                executor);
        await().until(() -> origin.count() == 1);
        assertThat(value).isNotDone();
        assertThat(origin.log().unended()).isEqualTo(1);
        origin.set(Origin.Mode.ANSWER, Duration.ZERO);
        assertThat(Value.isOf("a", value.join())).isTrue();
        assertThat(origin.log().unended()).isZero();
    }

    @Test
    void hang_interruptibleLoader_endsByInterrupt() throws InterruptedException {
        OriginClient client = new OriginClient(origin.port(), OriginClient.Kind.INTERRUPTIBLE);
        origin.set(Origin.Mode.HANG, Duration.ZERO);
        Future<byte[]> load = executor.submit(() -> client.load("a"));
        await().until(() -> origin.count() == 1);
        executor.shutdownNow();
        assertThat(executor.awaitTermination(30, java.util.concurrent.TimeUnit.SECONDS))
                .isTrue();
        assertThat(load).isDone();
    }
}
