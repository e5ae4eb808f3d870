package io.crema.spring.boot.actuate;

import io.crema.Crema;
import io.crema.spi.RemoteTier;
import io.crema.spring.boot.CremaAutoConfiguration;
import io.crema.spring.boot.CremaPolicySources;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The endpoint {@code crema}, health and info, where the actuator is there. */
@AutoConfiguration(after = CremaAutoConfiguration.class)
@ConditionalOnClass(Endpoint.class)
@ConditionalOnBean(Crema.class)
public final class CremaActuatorAutoConfiguration {

    private static String described(ObjectProvider<RemoteTier> remote) {
        RemoteTier tier = remote.getIfAvailable();
        return tier == null ? "none, caches are of this process alone" : tier.toString();
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint
    CremaEndpoint cremaEndpoint(Crema crema, ObjectProvider<RemoteTier> remote, CremaPolicySources sources) {
        return new CremaEndpoint(crema, described(remote), sources::of);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    @ConditionalOnEnabledHealthIndicator("crema")
    static final class HealthConfiguration {

        @Bean
        RemoteState cremaRemoteState() {
            return new RemoteState();
        }

        @Bean
        @ConditionalOnMissingBean(name = "cremaHealthIndicator")
        HealthIndicator cremaHealthIndicator(ObjectProvider<RemoteTier> remote, RemoteState cremaRemoteState) {
            return new CremaHealthIndicator(described(remote), cremaRemoteState);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(InfoContributor.class)
    @ConditionalOnEnabledInfoContributor("crema")
    static final class InfoConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "cremaInfoContributor")
        InfoContributor cremaInfoContributor(Crema crema, ObjectProvider<RemoteTier> remote) {
            return new CremaInfoContributor(crema, described(remote));
        }
    }
}
