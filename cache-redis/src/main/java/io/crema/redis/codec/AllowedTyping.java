package io.crema.redis.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.jsontype.TypeIdResolver;
import tools.jackson.databind.jsontype.impl.ClassNameIdResolver;
import tools.jackson.databind.jsontype.impl.DefaultTypeResolverBuilder;

/** Names classes in JSON, but those that are not allowed neither when it is written nor when it is read. */
@SuppressWarnings("serial") // Jackson's classes are serializable, mappers are not sent anywhere
final class AllowedTyping extends DefaultTypeResolverBuilder {

    private static final Set<String> JDK = JdkClasses.instance().byClass().keySet().stream()
            .map(Class::getName)
            .collect(Collectors.toUnmodifiableSet());

    private final AllowedClasses allowed;

    AllowedTyping(AllowedClasses allowed, DefaultTyping applies, JsonTypeInfo.As as) {
        super(new Validator(allowed), applies, as);
        this.allowed = allowed;
    }

    @Override
    protected TypeIdResolver idResolver(
            DatabindContext context,
            JavaType base,
            PolymorphicTypeValidator validator,
            @Nullable Collection<NamedType> subtypes,
            boolean forSerialization,
            boolean forDeserialization) {
        return new Resolver(base, subtypes, validator, allowed);
    }

    /** @param id the name of a class or an array, perhaps with its parameters */
    private static void require(AllowedClasses allowed, String id) {
        int parameters = id.indexOf('<');
        String name = (parameters < 0 ? id : id.substring(0, parameters))
                .replaceFirst("^\\[+L?", "")
                .replace(";", "");
        boolean primitive = id.startsWith("[") && name.length() == 1;
        if (!primitive && !JDK.contains(name)) {
            allowed.require(name);
        }
    }

    private static final class Validator extends PolymorphicTypeValidator.Base {

        private final AllowedClasses allowed;

        Validator(AllowedClasses allowed) {
            this.allowed = allowed;
        }

        @Override
        public Validity validateBaseType(DatabindContext context, JavaType base) {
            return Validity.INDETERMINATE;
        }

        @Override
        public Validity validateSubClassName(DatabindContext context, JavaType base, String name) {
            require(allowed, name);
            return Validity.ALLOWED;
        }

        @Override
        public Validity validateSubType(DatabindContext context, JavaType base, JavaType type) {
            return Validity.DENIED;
        }
    }

    private static final class Resolver extends ClassNameIdResolver {

        private final AllowedClasses allowed;

        Resolver(
                JavaType base,
                @Nullable Collection<NamedType> subtypes,
                PolymorphicTypeValidator validator,
                AllowedClasses allowed) {
            super(base, subtypes, validator);
            this.allowed = allowed;
        }

        @Override
        public String idFromValue(DatabindContext context, Object value) {
            return written(super.idFromValue(context, value));
        }

        @Override
        public String idFromValueAndType(DatabindContext context, Object value, Class<?> type) {
            return written(super.idFromValueAndType(context, value, type));
        }

        private String written(String id) {
            require(allowed, id);
            return id;
        }
    }
}
