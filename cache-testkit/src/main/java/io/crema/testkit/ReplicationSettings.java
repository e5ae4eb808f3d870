package io.crema.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the servers of a topology have in common.
 *
 * @param password the one that all ask for, null for none
 * @param others what the caller of the topology sets, which counts before what is set here
 */
record ReplicationSettings(@Nullable String password, List<String> others) {

    /** What means the same in a URI, a configuration file and an argument. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9]+");

    ReplicationSettings {
        if (password != null && !PLAIN.matcher(password).matches()) {
            throw new IllegalArgumentException("The password of a topology has to be of ASCII letters and digits");
        }
        others = List.copyOf(others);
    }

    List<String> arguments() {
        List<String> all = new ArrayList<>(List.of("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"));
        // A replica leaves the copy that it got in a file, and would load it if it were restarted as a primary.
        all.addAll(List.of("--rdb-del-sync-files", "yes"));
        if (password != null) {
            all.addAll(List.of("--requirepass", password, "--masterauth", password));
        }
        all.addAll(others);
        return all;
    }

    /** The password as {@code CONFIG} has it. */
    String primaryPassword() {
        return password == null ? "" : password;
    }
}
