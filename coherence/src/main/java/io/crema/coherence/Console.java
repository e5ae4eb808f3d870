package io.crema.coherence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * How an instance talks with the process that leads it: {@link Order}s come on its standard input, {@link Report}s go to its
 * standard output. Thread-safe.
 */
public final class Console {

    private static final int FAILED = 3;

    private final PrintStream out;

    private Console(PrintStream out) {
        this.out = out;
    }

    /** What is to be done for an order. The last one is to finish. */
    @FunctionalInterface
    public interface Follower {
        void follow(Order order) throws IOException, InterruptedException;
    }

    /**
     * Takes standard output for the reports. From now on whatever ends one of the process's threads ends the process too: it
     * would go on with less load than it says.
     */
    public static Console open() {
        Console console = new Console(new PrintStream(System.out, false, StandardCharsets.UTF_8));
        // What else is printed must not come between the reports.
        System.setOut(System.err);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            failure.printStackTrace();
            console.print(new Report(Report.Kind.FAILED, thread.getName() + ": " + failure));
            Runtime.getRuntime().halt(FAILED);
        });
        return console;
    }

    public void print(Report report) {
        synchronized (out) {
            out.println(report);
            out.flush();
        }
    }

    public void answer(Order order, long number) {
        print(Report.answer(order.ticket(), number));
    }

    /**
     * Says that the instance is ready, and returns when it has followed the order to finish. The end of the input ends the
     * process.
     *
     * @param about what the instance says of itself
     */
    public void follow(String about, Follower follower) throws IOException, InterruptedException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        print(new Report(Report.Kind.READY, about));
        Order order;
        do {
            String line = orders.readLine();
            if (line == null) {
                // Whoever led this instance is gone; nobody waits for an orderly end.
                Runtime.getRuntime().halt(FAILED);
            }
            order = Order.parse(line);
            follower.follow(order);
        } while (order.kind() != Order.Kind.FINISH);
    }
}
