package io.crema.examples.guide;

import io.crema.event.CacheEvent;
import io.crema.event.CacheListener;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a listener learns of an outage. */
final class Listening {

    private Listening() {}

    static Chapter chapter() {
        return Chapter.of("10-listening", outage(new Alarm())).with("events", Figures::note);
    }

    /** Counts what an operator wants to know; called by one thread at a time for each instance. */
    static final class Alarm implements CacheListener {

        private final Map<String, Long> seen = new TreeMap<>();

        @Override
        public synchronized void onEvent(CacheEvent event) {
            if (event instanceof CacheEvent.LoadFailed) {
                seen.merge("LoadFailed", 1L, Long::sum);
            } else if (event instanceof CacheEvent.StaleServed stale) {
                seen.merge("StaleServed, " + stale.reason(), 1L, Long::sum);
            }
        }

        @Override
        public synchronized String toString() {
            return seen.entrySet().stream()
                    .map(each -> Chapter.count(each.getValue()) + " " + each.getKey())
                    .collect(Collectors.joining("; "));
        }
    }

    static Step outage(Alarm alarm) {
        Plan plan = Plan.shared(DatabaseDown::reserve)
                .crema(shop -> ThreeInstances.withRedis(shop.redis().uri()).listener(alarm));
        return new Step("`StaleOnError` and a listener, the database is down for 1.9 s", plan, shop -> {
            Figures figures = DatabaseDown.outage(shop);
            return figures.noting(alarm.toString());
        });
    }
}
