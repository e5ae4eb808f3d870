package io.crema.spring.boot;

import io.crema.redis.codec.AllowedClasses;
import io.crema.redis.codec.KryoCodec;
import io.crema.spring.internal.CachedTypes;
import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ResourceLoader;

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
        return new DefaultCodec(
                KryoCodec.named(classes == null ? allowed : allowed.loadedBy(classes)),
                "Kryo, of classes in " + packages);
    }
}
