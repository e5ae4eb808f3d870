package io.crema.benchmarks;

import com.google.gson.Gson;
import java.time.Duration;
import java.util.Map;

/** The program of a JVM that runs one probe. */
final class ProbeMain {

    /** What the line with the result begins with; whatever else is printed is not. */
    static final String RESULT = "Figures: ";

    private ProbeMain() {}

    /** @param arguments the name of the probe's class, for how many seconds it shall measure, and with how many threads */
    public static void main(String[] arguments) throws Exception {
        Probe probe = Class.forName(arguments[0])
                .asSubclass(Probe.class)
                .getDeclaredConstructor()
                .newInstance();
        Map<Figure, Double> figures =
                probe.measure(Duration.ofSeconds(Long.parseLong(arguments[1])), Integer.parseInt(arguments[2]));
        System.out.println(RESULT + new Gson().toJson(figures));
    }
}
