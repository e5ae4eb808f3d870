package io.crema.redis.internal.client;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a server's access control has refused, as its errors tell. */
public enum Refusal {
    COMMAND,
    KEY,
    CHANNEL;

    private static final String NO_PERMISSION = "NOPERM";

    /** Within a script, before version 7.2. */
    private static final String IN_SCRIPT = "The user executing the script can't ";

    private static final Pattern OF_COMMAND = Pattern.compile("to run the '|can't run this command");

    /** Names of keys and channels come before the word that says what they are. */
    private static final Pattern OF_CHANNEL =
            Pattern.compile("channels?( used as arguments| mentioned in the command)?$");

    /** What the error of a command, or of one within a script, refuses; empty if it is another error. */
    public static Optional<Refusal> of(@Nullable String error) {
        if (error == null || !(error.contains(NO_PERMISSION) || error.contains(IN_SCRIPT))) {
            return Optional.empty();
        }
        if (OF_COMMAND.matcher(error).find()) {
            return Optional.of(COMMAND);
        }
        return Optional.of(OF_CHANNEL.matcher(error.strip()).find() ? CHANNEL : KEY);
    }

    /** The same for a failed request. */
    public static Optional<Refusal> of(@Nullable Throwable failure) {
        return failure == null ? Optional.empty() : of(root(failure).getMessage());
    }

    /** What to do about a server's refusal to let this user in, or do something; empty for other failures. */
    static String advice(@Nullable String error) {
        if (error == null) {
            return "";
        }
        if (error.startsWith("WRONGPASS") || error.startsWith("NOAUTH")) {
            return "; name the user and password of this server in its URI, as redis://user:password@host";
        }
        return of(error).isPresent() ? "; grant this user the rights that SECURITY.md lists" : "";
    }

    /** Causes may go in circles. */
    public static Throwable root(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; depth < 10; depth++) {
            Throwable cause = root.getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        return root;
    }
}
