package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribeWatchTest {

    private static final String BEFORE =
            "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\nPING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$13\r\n*1\r\nSUBSCRIBE\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nc\r\n",
                "*2\r\n$10\r\nSsubscribe\r\n$1\r\nc\r\n",
                "*2\r\n$10\r\npsubscribe\r\n$1\r\nc\r\n",
                "SUBSCRIBE c\r\n"
            })
    void sees_commandsThatSubscribe_withTheEndOfTheName(String command) {
        String stream = BEFORE + command + "PING\r\n";
        for (int size = 1; size <= stream.length(); size++) {
            int seen = seenAfter(stream, size);
            int nameEnd = BEFORE.length() + command.toLowerCase(Locale.ROOT).indexOf("subscribe") + 10;
            assertThat(seen).as("reads of %d", size).isBetween(nameEnd, Math.min(stream.length(), nameEnd + size - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*1\r\n$11\r\nUNSUBSCRIBE\r\n",
                "*2\r\n$3\r\nGET\r\n$9\r\nSUBSCRIBE\r\n",
                "*1\r\n$10\r\nSUBSCRIBES\r\n",
                "GET SUBSCRIBE\r\n",
                "*0\r\n",
                "\u0016\u0003\u0001\r\nSUBSCRIBE c\r\n"
            })
    void sees_otherCommands_no(String command) {
        String stream = BEFORE + command;
        for (int size = 1; size <= stream.length(); size++) {
            assertThat(seenAfter(stream, size)).as("reads of %d", size).isEqualTo(-1);
        }
    }

    /** How much had been read then, -1 if nothing was seen. */
    private static int seenAfter(String text, int readSize) {
        byte[] stream = text.getBytes(StandardCharsets.ISO_8859_1);
        SubscribeWatch watch = new SubscribeWatch();
        for (int from = 0; from < stream.length; from += readSize) {
            int to = Math.min(stream.length, from + readSize);
            if (watch.sees(ByteBuffer.wrap(stream, from, to - from))) {
                return to;
            }
        }
        return -1;
    }
}
