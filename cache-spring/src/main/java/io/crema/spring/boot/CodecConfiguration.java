package io.crema.spring.boot;

import io.crema.redis.codec.AllowedClasses;
import io.crema.redis.codec.JsonCodec;
import io.crema.redis.codec.KryoCodec;
import io.crema.spi.Codec;
import io.crema.spring.internal.CachedTypes;
import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values without ceremony: what the application's own packages hold, and what its cached methods return, may be written.
 */
@Configuration(proxyBeanMethods = false)
final class CodecConfiguration {

    @Bean
    @ConditionalOnMissingBean
    DefaultCodec cremaDefaultCodec(
            CremaProperties properties, BeanFactory beans, ResourceLoader loader, CachedTypes returned) {
        Set<String> packages = new LinkedHashSet<>(properties.codec().allowedPackages());
        if (AutoConfigurationPackages.has(beans)) {
            AutoConfigurationPackages.get(beans).stream()
                    .filter(name -> !name.isEmpty())
                    .forEach(packages::add);
        }
        AllowedClasses allowed = AllowedClasses.none()
                .andPackages(packages)
                .and(returned::contains)
                .remedy("allow its package with the property crema.codec.allowed-packages; allowed are the packages "
                        + packages + " and what cached methods return");
        ClassLoader classes = loader.getClassLoader();
        AllowedClasses loadable = classes == null ? allowed : allowed.loadedBy(classes);
        return switch (properties.codec().format()) {
            case KRYO -> new DefaultCodec(KryoCodec.named(loadable), "Kryo, of classes in " + packages);
            case JSON -> new DefaultCodec(json(beans, loadable), "JSON, of classes in " + packages);
        };
    }

    private static Codec<Object> json(BeanFactory beans, AllowedClasses allowed) {
        if (!ClassUtils.isPresent(
                "tools.jackson.databind.json.JsonMapper", CodecConfiguration.class.getClassLoader())) {
            throw new IllegalStateException(
                    "crema.codec.format=json needs Jackson 3, tools.jackson.core:jackson-databind,"
                            + " which is not on the class path: add it, as spring-boot-starter-jackson does, or use kryo");
        }
        return Json.codec(beans, allowed);
    }

    /** Loaded only where Jackson is there. */
    private static final class Json {

        static Codec<Object> codec(BeanFactory beans, AllowedClasses allowed) {
            JsonMapper mapper = beans.getBeanProvider(JsonMapper.class)
                    .getIfUnique(() -> JsonMapper.builder().build());
            return JsonCodec.named(mapper, allowed);
        }
    }
}
