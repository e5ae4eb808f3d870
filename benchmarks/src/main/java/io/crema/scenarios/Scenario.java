package io.crema.scenarios;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What can be run, in this order. */
enum Scenario {
    STAMPEDE(new Stampede()),
    MASS_EXPIRY(new MassExpiry()),
    ORIGIN_DOWN(new OriginDown()),
    ORIGIN_HANG(new OriginHang()),
    REDIS_PAUSE(new RedisPause()),
    HOT_WRITE(new HotWrite());

    /** How one is run and judged. */
    interface Trial {

        /** One line on what it does. */
        String about(Settings settings);

        Result run(Stage stage) throws InterruptedException;
    }

    final Trial trial;

    Scenario(Trial trial) {
        this.trial = trial;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Scenario> labelled(String label) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.label().equals(label))
                .findAny();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Scenario::label).toList();
    }
}
