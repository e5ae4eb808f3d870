package io.crema.coherence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The process that leads a proof: ends with the code that tells how it went, and lets Maven, where it started the process,
 * show the reason of a failure instead of a stack trace.
 */
public final class LeadingProcess {

    /** What the proof is about was broken. */
    public static final int VIOLATIONS = 1;

    /** Nobody knows. */
    public static final int NO_PROOF = 2;

    /** Names a file for the reason of a failure. */
    private static final String FAILURE = "coherence.failure";

    /** Either of the above, but Maven would not learn of it by the file. */
    private static final int NOT_TOLD = 3;

    /** For ending all processes, writing what is known, and a check of histories that is under way. */
    private static final long END_SECONDS = 20;

    /** Never collected, so that its level stays. */
    private static final Logger ROOT = Logger.getLogger("");

    private LeadingProcess() {}

    /**
     * Runs a proof and ends the process. A proof that is to be cut short is interrupted.
     *
     * @param proof gives the exit code: 0, or what {@link #fail} returned
     */
    public static void lead(IntSupplier proof) {
        // The same text everywhere.
        Locale.setDefault(Locale.ROOT);
        // What clients complain of under faults is no news.
        ROOT.setLevel(Level.OFF);
        if (!failureFile().isEmpty()) {
            // Whatever ends this process from here on, Maven shall not take it for a pass.
            tell("the run ended without saying how");
            // Maven started this process. Killed alone, it would leave it running for nobody.
            ProcessHandle.current().parent().ifPresent(maven -> maven.onExit().thenRun(() -> System.exit(NO_PROOF)));
        }
        Thread main = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        // Told to end, as by Ctrl-C: the run is cut short, and says so.
        Thread interrupt = new Thread(() -> endSoon(main, ended), "interrupt");
        Runtime.getRuntime().addShutdownHook(interrupt);
        int code = NO_PROOF;
        try {
            code = proof.getAsInt();
        } catch (CoherenceException e) {
            code = fail(NO_PROOF, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            // Also a heap that is too small for the histories.
            e.printStackTrace();
            code = fail(NO_PROOF, e.toString());
        } finally {
            ended.countDown();
        }
        System.exit(failureFile().isEmpty() ? code : toldCode(code));
    }

    private static String failureFile() {
        return System.getProperty(FAILURE, "");
    }

    /** Says why there is a code other than 0, and returns what to return then. */
    public static int fail(int code, String reason) {
        System.err.println("coherence: " + reason);
        return failureFile().isEmpty() || tell(reason) ? code : NOT_TOLD;
    }

    /** Returns whether Maven will show the reason. */
    private static boolean tell(String reason) {
        try {
            Files.writeString(Path.of(failureFile()), reason);
            return true;
        } catch (IOException e) {
            System.err.println("coherence: " + e);
            return false;
        }
    }

    /** For Maven, to which 1 is what a JVM ends with that could not run this class, or not to its end. */
    private static int toldCode(int code) {
        if (code == VIOLATIONS) {
            return NO_PROOF;
        } else if (code == 0) {
            try {
                Files.deleteIfExists(Path.of(failureFile()));
            } catch (IOException e) {
                System.err.println("coherence: " + e);
                return NOT_TOLD;
            }
        }
        return code;
    }

    private static void endSoon(Thread main, CountDownLatch ended) {
        if (ended.getCount() == 0) {
            return;
        }
        main.interrupt();
        try {
            if (!ended.await(END_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("coherence: the run does not end; it is stopped without a report of its last part");
            }
        } catch (InterruptedException e) {
            // Nobody does that.
            Thread.currentThread().interrupt();
        }
        // Not the code of the signal: there is no proof.
        Runtime.getRuntime().halt(NO_PROOF);
    }
}
