package io.crema.testkit;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The password that all servers of a topology share. */
final class Passwords {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9]+");

    private Passwords() {}

    /** Only what means the same in a URI, a configuration file and an argument. */
    static String checked(String password) {
        if (!PLAIN.matcher(password).matches()) {
            throw new IllegalArgumentException("A password here has to be of ASCII letters and digits");
        }
        return password;
    }

    static List<String> settings(@Nullable String password) {
        return password == null ? List.of() : List.of("--requirepass", password, "--masterauth", password);
    }
}
