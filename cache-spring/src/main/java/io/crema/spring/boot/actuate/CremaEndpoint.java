package io.crema.spring.boot.actuate;

import io.crema.Crema;
import io.crema.DeadLetter;
import io.crema.TieredCache;
import io.crema.WriteBehind;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The endpoint {@code crema}: {@code GET /actuator/crema} lists the caches with their statistics, {@code GET
 * /actuator/crema/NAME} gives one with its policies, where they come from, and its dead letters; {@code DELETE
 * /actuator/crema/NAME?key=..} or {@code ?tag=..} invalidates in all instances; {@code POST /actuator/crema/NAME} with
 * {@code {"writeId": ..}} brings a dead letter back to be written. Values are never shown.
 *
 * <p>Thread-safe. Reading asks nobody but this process, except for dead letters.
 */
@Endpoint(id = "crema")
public final class CremaEndpoint {

    private static final int MOST_DEAD_LETTERS = 100;

    private final Crema crema;
    private final String remote;
    private final Function<String, Map<String, String>> sources;

    /**
     * @param remote what the remote tier is, for people
     * @param sources where the settings of a cache come from, by its name
     */
    public CremaEndpoint(Crema crema, String remote, Function<String, Map<String, String>> sources) {
        this.crema = crema;
        this.remote = remote;
        this.sources = sources;
    }

    /** All caches. */
    @ReadOperation
    public Map<String, Object> caches() {
        Map<String, Object> caches = new TreeMap<>();
        for (String name : crema.cacheNames()) {
            crema.find(name).ifPresent(cache -> caches.put(name, components(cache.stats())));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("remote", remote);
        all.put("caches", caches);
        return all;
    }

    /** One cache; null if there is none of that name. */
    @ReadOperation
    public @Nullable Map<String, Object> cache(@Selector String name) {
        TieredCache<Object, Object> cache = crema.<Object, Object>find(name).orElse(null);
        if (cache == null) {
            return null;
        }
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("policies", components(cache.configuration()));
        one.put("sources", sources.apply(name));
        one.put("statistics", components(cache.stats()));
        writeBehind(cache).ifPresent(behind -> one.put("writeBehind", described(behind)));
        return one;
    }

    private static Optional<WriteBehind<Object, Object>> writeBehind(TieredCache<Object, Object> cache) {
        return cache.configuration().writePolicy() instanceof io.crema.policy.WritePolicy.Behind
                ? Optional.of(cache.writeBehind())
                : Optional.empty();
    }

    private static Map<String, Object> described(WriteBehind<Object, Object> behind) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("pending", behind.pending());
        described.put("lag", behind.lag().toString());
        List<Map<String, Object>> letters = new ArrayList<>();
        for (DeadLetter<Object, Object> letter : deadLetters(behind)) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("key", String.valueOf(letter.key()));
            one.put("writeId", letter.writeId());
            one.put("attempts", letter.attempts());
            one.put("age", letter.age().toString());
            one.put("reason", letter.reason());
            letters.add(one);
        }
        described.put("deadLetters", letters);
        return described;
    }

    private static List<DeadLetter<Object, Object>> deadLetters(WriteBehind<Object, Object> behind) {
        return behind.deadLetters(MOST_DEAD_LETTERS).join();
    }

    /**
     * Invalidates in all instances.
     *
     * @param key as text; a key that is a number or a UUID is invalidated as that, and as the text
     */
    @DeleteOperation
    public void invalidate(@Selector String name, @Nullable String key, @Nullable String tag) {
        TieredCache<Object, Object> cache = required(name);
        if (key == null && tag == null) {
            throw new InvalidEndpointRequestException(
                    "Say which key or which tag of cache '" + name + "' to invalidate", "neither key nor tag");
        }
        if (key != null) {
            cache.invalidateAll(readings(key));
        }
        if (tag != null) {
            cache.invalidateTag(tag);
        }
    }

    private static List<Object> readings(String key) {
        List<Object> keys = new ArrayList<>(List.of(key));
        List<Function<String, Object>> types = List.of(Integer::valueOf, Long::valueOf, UUID::fromString);
        for (Function<String, Object> type : types) {
            try {
                keys.add(type.apply(key));
            } catch (IllegalArgumentException e) {
                // It is none of that type.
            }
        }
        return keys;
    }

    /** Brings a dead letter back into the journal. */
    @WriteOperation
    public Map<String, Object> retry(@Selector String name, long writeId) {
        TieredCache<Object, Object> cache = required(name);
        WriteBehind<Object, Object> behind = writeBehind(cache)
                .orElseThrow(() -> new InvalidEndpointRequestException(
                        "Cache '" + name + "' does not write behind its callers, so it has no dead letters",
                        "no write-behind"));
        boolean retried = deadLetters(behind).stream()
                .filter(letter -> letter.writeId() == writeId)
                .findFirst()
                .map(letter -> behind.retry(letter).join())
                .orElse(false);
        return Map.of("writeId", writeId, "retried", retried);
    }

    private TieredCache<Object, Object> required(String name) {
        return crema.<Object, Object>find(name)
                .orElseThrow(() -> new InvalidEndpointRequestException(
                        "There is no cache '" + name + "'; there are " + crema.cacheNames(), "no such cache"));
    }

    private static Map<String, Object> components(Record record) {
        Map<String, Object> components = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value;
            try {
                value = component.getAccessor().invoke(record);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
            if (value != null) {
                components.put(
                        component.getName(),
                        value instanceof Number || value instanceof Boolean
                                ? value
                                : value instanceof Duration duration ? duration.toString() : value.toString());
            }
        }
        return components;
    }
}
