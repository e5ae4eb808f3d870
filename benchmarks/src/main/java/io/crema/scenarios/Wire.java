package io.crema.scenarios;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How records travel between the processes, one to a line, and into the report. */
final class Wire {

    static final Gson LINES = builder().create();
    static final Gson REPORT = builder().setPrettyPrinting().create();

    private Wire() {}

    private static GsonBuilder builder() {
        return new GsonBuilder().disableHtmlEscaping().registerTypeAdapter(Duration.class, new DurationAdapter());
    }

    /** ISO 8601, as in system properties. */
    private static final class DurationAdapter extends TypeAdapter<@Nullable Duration> {

        @Override
        public void write(JsonWriter out, @Nullable Duration duration) throws IOException {
            out.value(duration == null ? null : duration.toString());
        }

        @Override
        public @Nullable Duration read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return null;
            }
            return Duration.parse(in.nextString());
        }
    }
}
