package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RespFramesTest {

    private static final List<String> FRAMES = List.of(
            "+OK\r\n",
            "-ERR no\r\n",
            ":-12\r\n",
            "$5\r\n*1\r\n\n\r\n",
            "$0\r\n\r\n",
            "$-1\r\n",
            "*-1\r\n",
            "*0\r\n",
            "_\r\n",
            "#t\r\n",
            ",-1.5e3\r\n",
            "(34928903284092\r\n",
            "!3\r\nERR\r\n",
            "=7\r\ntxt:abc\r\n",
            "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
            "*3\r\n*2\r\n:1\r\n*1\r\n$-1\r\n~2\r\n+a\r\n*0\r\n%2\r\n+a\r\n%0\r\n+b\r\n*1\r\n:2\r\n",
            "%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n",
            "%0\r\n",
            ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$12\r\n>1\r\n+a\r\n-b\r\n\r\n",
            "|1\r\n+ttl\r\n:3\r\n*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:1\r\n:2\r\n",
            "|0\r\n+OK\r\n",
            "*2\r\n+a\r\n|1\r\n+k\r\n+v\r\n$1\r\nb\r\n",
            "PING hello\r\n");

    @Test
    void advance_anyFrames_endWhereTheyEnd() {
        byte[] stream = bytes(String.join("", FRAMES));
        assertThat(ends(stream, stream.length)).isEqualTo(expectedEnds());
    }

    @Test
    void advance_anyCutIntoReads_makesNoDifference() {
        byte[] stream = bytes(String.join("", FRAMES));
        IntStream.range(1, stream.length)
                .forEach(size ->
                        assertThat(ends(stream, size)).as("reads of %d", size).isEqualTo(expectedEnds()));
    }

    @Test
    void advance_deepNesting_isFollowed() {
        RespFrames frames = new RespFrames();
        byte[] deep = bytes("*1\r\n".repeat(100) + ":1\r\n");
        assertThat(frames.advance(deep, 0, deep.length)).isEqualTo(deep.length);
        assertThat(frames.isBetweenFrames()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u0016\u0003\u0001", "*2\r\n+a\r\nx", "$x\r\n", "$\r\n", "$?\r\n", "*99999999999999\r\n", "$--1"
            })
    void advance_somethingElse_isForeignToTheEnd(String text) {
        RespFrames frames = new RespFrames();
        byte[] stream = bytes(text + "+OK\r\n+OK\r\n");
        assertThat(frames.advance(stream, 0, stream.length)).isEqualTo(stream.length);
        assertThat(frames.isForeign()).isTrue();
        assertThat(frames.isBetweenFrames()).isFalse();
    }

    private static List<Integer> expectedEnds() {
        List<Integer> ends = new ArrayList<>();
        int end = 0;
        for (String frame : FRAMES) {
            end += frame.length();
            ends.add(end);
        }
        return ends;
    }

    private static List<Integer> ends(byte[] stream, int readSize) {
        RespFrames frames = new RespFrames();
        List<Integer> ends = new ArrayList<>();
        for (int from = 0; from < stream.length; from += readSize) {
            int to = Math.min(stream.length, from + readSize);
            for (int at = from; at < to; ) {
                at = frames.advance(stream, at, to);
                if (frames.isBetweenFrames()) {
                    ends.add(at);
                }
            }
        }
        assertThat(frames.isForeign()).isFalse();
        return ends;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
