package io.crema.simulation;

import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the bus promises, not kept. */
final class BusMutants {

    private BusMutants() {}

    static List<Mutant> all() {
        return List.of(
                mutant("a heartbeat is a write", "a heartbeat is a PING", Pings::new),
                mutant("a heartbeat comes behind the messages", "a heartbeat has its own connection", BeatsBeside::new),
                mutant("clocks are read once subscribed", "a subscription is acknowledged early", Early::new));
    }

    private static Mutant mutant(String rule, String name, Supplier<Tampering> tampering) {
        return new Mutant(rule, name, Setup.of((world, server) -> tampering.get()));
    }

    /** A primary that was demoted answers as before. */
    private static final class Pings extends Tampering {

        private final Map<SlowConnection, String> histories = new WeakHashMap<>();

        @Override
        void heartbeat(SlowConnection over, BiConsumer<@Nullable String, @Nullable Throwable> reply) {
            String known = histories.get(over);
            over.beat((history, failure) -> {
                if (history != null) {
                    histories.put(over, history);
                    reply.accept(history, null);
                } else if (over.isDemoted() && known != null) {
                    reply.accept(known, null);
                } else {
                    reply.accept(null, failure);
                }
            });
        }
    }

    private static final class BeatsBeside extends Tampering {

        @Override
        void heartbeat(SlowConnection over, BiConsumer<@Nullable String, @Nullable Throwable> reply) {
            over.beatBeside(reply);
        }
    }

    private static final class Early extends Tampering {

        @Override
        boolean acknowledgesEarly() {
            return true;
        }
    }
}
