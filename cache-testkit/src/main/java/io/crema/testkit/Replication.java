package io.crema.testkit;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;

/** What a server says of its part in replication. */
record Replication(Map<String, String> fields) {

    static Replication of(EmbeddedRedis server) throws IOException {
        return new Replication(server.call("INFO", "replication")
                .get(0)
                .lines()
                .map(line -> line.split(":", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(field -> field[0], field -> field[1])));
    }

    boolean isPrimary() {
        return "master".equals(fields.get("role"));
    }

    boolean isLinked() {
        return "up".equals(fields.get("master_link_status"));
    }

    /**
     * Whether a server copies another and has got all that this one had written when it was asked. The primary is asked first:
     * under load it has always written more since.
     */
    static boolean hasCaughtUp(EmbeddedRedis replica, EmbeddedRedis primary) throws IOException {
        long written = of(primary).offset("master_repl_offset");
        Replication copy = of(replica);
        return copy.isLinked()
                && String.valueOf(primary.port()).equals(copy.fields.get("master_port"))
                && copy.offset("slave_repl_offset") >= written;
    }

    private long offset(String field) {
        return Long.parseLong(fields.getOrDefault(field, "-1"));
    }
}
