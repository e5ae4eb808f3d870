package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushFilterTest {

    private static final String MESSAGE = ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$6\r\n>3\r\n$7\r\n";
    private static final String SHARDED = ">3\r\n$8\r\nsmessage\r\n$1\r\nc\r\n$0\r\n\r\n";
    private static final String BY_PATTERN = ">4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$1\r\nx\r\n";
    private static final List<String> OTHERS = List.of(
            ">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n",
            ">3\r\n$10\r\nssubscribe\r\n$1\r\nc\r\n:1\r\n",
            ">3\r\n$12\r\nsunsubscribe\r\n$1\r\nc\r\n:0\r\n",
            ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n",
            ">3\r\n$8\r\nsmessagf\r\n$1\r\nc\r\n$0\r\n\r\n",
            "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n",
            "$36\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$6\r\n>3\r\n$7\r\n\r\n",
            "|1\r\n+a\r\n+b\r\n" + MESSAGE,
            "+OK\r\n",
            "*2\r\n%1\r\n+a\r\n:1\r\n$-1\r\n");

    private final ProxyCounters counters = new ProxyCounters();
    private final PushFilter filter = new PushFilter(counters);

    @Test
    void filter_anyCutIntoReads_dropsMessagesAndNothingElse() {
        String mixed = MESSAGE
                + OTHERS.stream()
                        .map(other -> other + MESSAGE + SHARDED + BY_PATTERN)
                        .collect(Collectors.joining());
        int messages = 1 + 3 * OTHERS.size();
        IntStream.range(1, mixed.length()).forEach(size -> {
            ProxyCounters counted = new ProxyCounters();
            PushFilter all = new PushFilter(counted);
            all.drop(1, 0);
            assertThat(filtered(all, mixed, size)).as("reads of %d", size).isEqualTo(String.join("", OTHERS));
            assertThat(counted.counts().framesDropped()).isEqualTo(messages);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -7})
    void filter_aShare_keepsTheSameWholeMessagesHoweverTheyAreCut(long seed) {
        List<String> messages = IntStream.range(0, 1000)
                .mapToObj(i -> ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n:" + i + "\r\n")
                .toList();
        String stream = String.join("", messages);
        filter.drop(0.3, seed);
        String passed = filtered(filter, stream, stream.length());
        String[] kept = passed.split("(?=>3)");
        assertThat(kept).hasSizeBetween(600, 800).isSubsetOf(messages);
        assertThat(counters.counts().framesDropped()).isEqualTo(1000 - kept.length);

        for (int size : new int[] {1, 7, 64, 1000}) {
            PushFilter again = new PushFilter(new ProxyCounters());
            again.drop(0.3, seed);
            assertThat(filtered(again, stream, size)).isEqualTo(passed);
        }
    }

    @Test
    void filter_nothingDropped_holdsNothingBack() {
        assertThat(read(">3\r\n$7\r\nmess")).isEqualTo(">3\r\n$7\r\nmess");
    }

    @Test
    void filter_switchedOnWithinAMessage_letsThatOnePass() {
        assertThat(read(">3\r\n$7\r\nmess")).isNotEmpty();
        filter.drop(1, 0);
        assertThat(read("age\r\n$1\r\nc\r\n:1\r\n" + SHARDED + "+")).isEqualTo("age\r\n$1\r\nc\r\n:1\r\n+");
    }

    @Test
    void filter_switchedOffWithinAMessage_dropsItWhole() {
        filter.drop(1, 0);
        assertThat(read(">3\r\n$7\r\nmessage\r\n$1\r\nc")).isEmpty();
        filter.drop(0, 0);
        assertThat(read("\r\n$1\r\nx\r\n" + SHARDED)).isEqualTo(SHARDED);
    }

    @Test
    void filter_switchedOffBeforeTheKindIsKnown_passesWhatWasHeldBack() {
        filter.drop(1, 0);
        assertThat(read("+OK\r\n>3\r\n$7\r\nmess")).isEqualTo("+OK\r\n");
        filter.drop(0, 0);
        assertThat(read("age\r\n$1\r\nc\r\n:1\r\n")).isEqualTo(">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n:1\r\n");
    }

    @Test
    void rest_streamEndsBeforeTheKindIsKnown_isWhatWasHeldBack() {
        filter.drop(1, 0);
        assertThat(read(">3\r\n$7\r\nmess")).isEmpty();
        assertThat(text(filter.rest())).isEqualTo(">3\r\n$7\r\nmess");
        assertThat(text(filter.rest())).isEmpty();
    }

    @Test
    void filter_notResp_passesUnchanged() {
        filter.drop(1, 0);
        String foreign = "\u0016\u0003\u0001" + MESSAGE + MESSAGE;
        assertThat(filtered(filter, foreign, 5)).isEqualTo(foreign);
    }

    private String read(String text) {
        return filtered(filter, text, text.length());
    }

    private static String filtered(PushFilter filter, String text, int readSize) {
        byte[] stream = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        ProxyBuffer buffer = new ProxyBuffer();
        for (int from = 0; from < stream.length; from += readSize) {
            buffer.clear(readSize).put(Arrays.copyOfRange(stream, from, Math.min(stream.length, from + readSize)));
            ByteBuffer bytes = buffer.flip();
            filter.filter(bytes);
            passed.writeBytes(text(bytes).getBytes(StandardCharsets.ISO_8859_1));
        }
        return passed.toString(StandardCharsets.ISO_8859_1);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
