package io.crema.spring.boot;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code crema.*} says.
 *
 * @param enabled whether caches are Crema's
 * @param namespace keeps services apart that share a Redis; spring.application.name if not set
 * @param nodeName names this instance in threads and logs; spring.application.name if not set
 * @param autoSync whether plain cached methods are synchronised, so that loads are shared and policies apply
 * @param strict whether caches that are not named are refused; if not set, when spring.cache.cache-names names some
 * @param codec how values are written for the remote tier
 * @param redis the remote tier
 * @param defaults policies of all caches
 * @param caches policies of single caches, by name
 */
@ConfigurationProperties("crema")
public record CremaProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String namespace,
        @Nullable String nodeName,
        @DefaultValue("true") boolean autoSync,
        @Nullable Boolean strict,
        @DefaultValue Codec codec,
        @DefaultValue Redis redis,
        @DefaultValue PolicyProperties defaults,
        @DefaultValue Map<String, PolicyProperties> caches) {

    PolicyProperties effectiveDefaults() {
        return defaults.over(PolicyProperties.STANDARD);
    }

    /** The policies of a cache: its own, where they say nothing the defaults. */
    PolicyProperties of(String cache) {
        PolicyProperties own = caches.get(cache);
        return own == null ? effectiveDefaults() : own.over(effectiveDefaults());
    }

    /** The property that each policy of a cache comes from, by the policy's name. */
    Map<String, String> sourcesOf(String cache) {
        Map<String, String> sources = new LinkedHashMap<>();
        PolicyProperties own = caches.get(cache);
        for (RecordComponent component : PolicyProperties.class.getRecordComponents()) {
            String property = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (own != null && own.says(component)) {
                sources.put(property, "crema.caches." + cache + "." + property);
            } else if (defaults.says(component)) {
                sources.put(property, "crema.defaults." + property);
            } else if (PolicyProperties.STANDARD.says(component)) {
                sources.put(property, "standard");
            }
        }
        return sources;
    }

    /**
     * How values are written.
     *
     * @param format as what
     * @param allowedPackages packages whose classes may be values, beside the application's own
     */
    public record Codec(
            @DefaultValue("kryo") Format format,
            @DefaultValue List<String> allowedPackages) {

        /** As what values are written. */
        public enum Format {
            /** Compact binary. */
            KRYO,
            /** JSON, by the application's own mapper, or one of Jackson's defaults. */
            JSON
        }
    }

    /**
     * The remote tier.
     *
     * @param enabled whether there is one, if a Redis is configured
     * @param url of the server, instead of that of spring.data.redis
     * @param partitions into how many partitions a new cache is split
     * @param timeLimit how long one operation may take
     */
    public record Redis(
            @DefaultValue("true") boolean enabled,
            @Nullable String url,
            @DefaultValue("16") int partitions,
            @DefaultValue("200ms") Duration timeLimit) {}
}
