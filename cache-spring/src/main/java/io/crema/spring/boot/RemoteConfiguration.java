package io.crema.spring.boot;

import io.crema.redis.RedisRemote;
import io.crema.spi.RemoteTier;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The remote tier: the application's own bean; else {@code crema.redis.url}; else the application's {@link RedisClient} with
 * the {@link RedisURI} that it is for; else what Spring Data Redis is configured with, if it is there; else {@code
 * spring.data.redis.*}; else none.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(RemoteTier.class)
@ConditionalOnProperty(name = "crema.redis.enabled", matchIfMissing = true)
final class RemoteConfiguration {

    @Bean
    RedisConnector cremaRedisConnector(CremaProperties properties, Environment environment) {
        String namespace = properties.namespace();
        return new RedisConnector(
                namespace == null ? environment.getProperty("spring.application.name", "crema") : namespace,
                properties.redis());
    }

    /** Closed by the Crema that it is given to. */
    @Bean(destroyMethod = "")
    @Nullable
    RedisRemote cremaRemote(
            RedisConnector connector,
            CremaProperties properties,
            Environment environment,
            ObjectProvider<RedisClient> client,
            ObjectProvider<RedisURI> uri,
            ObjectProvider<Details> details,
            ObjectProvider<SslBundles> bundles) {
        String url = properties.redis().url();
        if (url != null) {
            return connector.connect(RedisSettings.of(url, null));
        }
        RedisClient ownClient = client.getIfUnique();
        RedisURI ownUri = uri.getIfUnique();
        if (ownClient != null && ownUri != null) {
            return connector.connect(ownClient, ownUri);
        }
        Details known = details.getIfUnique();
        RedisSettings settings = known == null ? null : known.settings();
        if (settings == null) {
            settings = RedisSettings.of(environment, bundles.getIfAvailable());
        }
        return settings == null ? null : connector.connect(settings);
    }

    /** What Spring Data Redis would connect to, or null. */
    @FunctionalInterface
    interface Details {
        @Nullable
        RedisSettings settings();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DataRedisConnectionDetails.class)
    static final class DataRedis {

        @Bean
        Details cremaRedisDetails(ObjectProvider<DataRedisConnectionDetails> details) {
            return () -> {
                DataRedisConnectionDetails found = details.getIfUnique();
                return found == null ? null : RedisSettings.of(found);
            };
        }
    }
}
