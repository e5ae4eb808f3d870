package io.crema.spring.boot;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches unless {@code spring.cache.type} names another kind of cache, or none. */
final class NoOtherCacheType extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String type = context.getEnvironment().getProperty("spring.cache.type");
        ConditionMessage.Builder message = ConditionMessage.forCondition("Crema");
        return type == null
                ? ConditionOutcome.match(message.because("spring.cache.type is not set"))
                : ConditionOutcome.noMatch(message.because("spring.cache.type is " + type));
    }
}
