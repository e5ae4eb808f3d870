package io.crema.spring.boot;

import io.crema.Crema;
import io.crema.event.CacheListener;
import io.crema.policy.CircuitBreaker;
import io.crema.spi.KeyCodec;
import io.crema.spi.RemoteTier;
import io.crema.spring.CremaCacheCustomizer;
import io.crema.spring.CremaCacheManager;
import io.crema.spring.internal.AutoSyncActivation;
import io.crema.spring.internal.CachedTypes;
import io.crema.spring.internal.RepeatableInvocationAdvisor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.BeanFactoryCacheOperationSourceAdvisor;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/** Gives Spring's cache abstraction the caches of a {@link Crema}, unless the application has chosen others. */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration",
            "org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration"
        },
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnBean(CacheAspectSupport.class)
@ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
@Conditional(NoOtherCacheType.class)
@ConditionalOnProperty(name = "crema.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CremaProperties.class)
@Import({RemoteConfiguration.class, CodecConfiguration.class})
public final class CremaAutoConfiguration {

    private static final Log LOG = LogFactory.getLog(CremaAutoConfiguration.class);

    @Bean
    @ConditionalOnMissingBean
    Crema crema(
            CremaProperties properties,
            Environment environment,
            ObjectProvider<RemoteTier> remote,
            ObjectProvider<CircuitBreaker> circuitBreaker,
            ObjectProvider<CacheListener> listeners) {
        Crema.Builder builder = Crema.builder()
                .nodeName(
                        properties.nodeName() == null
                                ? environment.getProperty("spring.application.name", "crema")
                                : properties.nodeName());
        remote.ifAvailable(builder::remote);
        circuitBreaker.ifAvailable(builder::circuitBreaker);
        listeners.orderedStream().forEach(builder::listener);
        return builder.build();
    }

    @Bean
    CremaCacheManager cacheManager(
            Crema crema,
            CremaProperties properties,
            Environment environment,
            DefaultCodec codec,
            ObjectProvider<RemoteTier> remote,
            ObjectProvider<KeyCodec<Object>> keyCodec,
            ObjectProvider<CremaCacheCustomizer> customizers) {
        List<String> named = Binder.get(environment)
                .bind("spring.cache.cache-names", Bindable.listOf(String.class))
                .orElse(List.of());
        Set<String> names = new LinkedHashSet<>(named);
        names.addAll(properties.caches().keySet());
        PolicyProperties defaults = properties.effectiveDefaults();
        CremaCacheManager.Builder builder = CremaCacheManager.over(crema)
                .cacheNames(names)
                .customizer((name, cache) -> {
                    cache.codec(codec.codec());
                    properties.of(name).applyTo(cache);
                })
                .quarantineOnCommit(name -> properties.of(name).quarantine());
        keyCodec.ifUnique(builder::keyCodec);
        customizers.orderedStream().forEach(builder::customizer);
        if (properties.strict() == null ? !named.isEmpty() : properties.strict()) {
            builder.strict();
        }
        RemoteTier tier = remote.getIfAvailable();
        LOG.info("Caches are Crema's: " + (tier == null ? "in this process alone" : "in this process and " + tier)
                + "; unless configured, at most " + defaults.maximumSize() + " entries each, fresh for "
                + defaults.timeToLive() + ", staleness bound " + defaults.staleness() + ", values by " + codec);
        return builder.build();
    }

    @Bean
    CremaPolicySources cremaPolicySources(CremaProperties properties) {
        return properties::sourcesOf;
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CachedTypes cremaCachedTypes() {
        return new CachedTypes();
    }

    /** Not from the bound properties: it is made before they can be. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AutoSyncActivation cremaAutoSyncActivation(CachedTypes types, Environment environment) {
        return new AutoSyncActivation(types, environment.getProperty("crema.auto-sync", Boolean.class, true));
    }

    /** Its arguments make Spring leave it out as long as they are being made themselves. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnBean(BeanFactoryCacheOperationSourceAdvisor.class)
    static RepeatableInvocationAdvisor cremaRepeatableInvocationAdvisor(
            CacheOperationSource operations, BeanFactoryCacheOperationSourceAdvisor cacheAdvisor) {
        return new RepeatableInvocationAdvisor(operations, cacheAdvisor);
    }
}
