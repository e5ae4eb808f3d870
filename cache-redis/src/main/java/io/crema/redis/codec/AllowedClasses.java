package io.crema.redis.codec;

import io.crema.spi.CodecException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which classes a payload may name, beside those of the JDK that {@link KryoCodec} always knows. A name that is not
 * allowed is neither written nor, when it is read, looked up. Immutable; thread-safe if its predicates are.
 */
public final class AllowedClasses {

    private static final Pattern PACKAGE =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");

    /** Whoever allows one of these allows what attackers look for. */
    private static final Set<String> TOO_WIDE =
            Set.of("java", "javax", "jakarta", "jdk", "sun", "com", "com.sun", "org", "net", "io");

    private static final String REMEDY =
            "allow its package with AllowedClasses.packages(..), or the class with classes(..)";

    private final List<Predicate<String>> rules;
    private final @Nullable ClassLoader loader;
    private final String remedy;

    private AllowedClasses(List<Predicate<String>> rules, @Nullable ClassLoader loader, String remedy) {
        this.rules = rules;
        this.loader = loader;
        this.remedy = remedy;
    }

    /** None but those of the JDK. */
    public static AllowedClasses none() {
        return new AllowedClasses(List.of(), null, REMEDY);
    }

    /**
     * The classes of packages and of those below them.
     *
     * @throws IllegalArgumentException if one is no name of a package, or so short that it would allow foreign libraries
     */
    public static AllowedClasses packages(String... names) {
        return none().andPackages(List.of(names));
    }

    /** These, and the classes of packages as of {@link #packages}. */
    public AllowedClasses andPackages(Collection<String> names) {
        Set<String> prefixes = new LinkedHashSet<>();
        for (String name : names) {
            if (!PACKAGE.matcher(name).matches()
                    || TOO_WIDE.contains(name)
                    || name.startsWith("java.")
                    || name.startsWith("jdk.")
                    || name.startsWith("sun.")) {
                throw new IllegalArgumentException(
                        "'" + name + "' cannot be allowed: name packages of the application, as com.example.shop");
            }
            prefixes.add(name + ".");
        }
        return and(name -> prefixes.stream().anyMatch(name::startsWith));
    }

    /** These, and single classes. */
    public AllowedClasses andClasses(Class<?>... classes) {
        Set<String> names = new LinkedHashSet<>();
        for (Class<?> type : classes) {
            names.add(type.getName());
        }
        return and(names::contains);
    }

    /** These, and those whose {@linkplain Class#getName() names} match; asked on the threads of callers, each time. */
    public AllowedClasses and(Predicate<String> names) {
        List<Predicate<String>> more = new ArrayList<>(rules);
        more.add(Objects.requireNonNull(names, "names"));
        return new AllowedClasses(List.copyOf(more), loader, remedy);
    }

    /** The same, loaded by that loader instead of the thread's. */
    public AllowedClasses loadedBy(ClassLoader classLoader) {
        return new AllowedClasses(rules, Objects.requireNonNull(classLoader, "classLoader"), remedy);
    }

    /** The same, with another end of the sentence that says what to do about a class that is not allowed. */
    public AllowedClasses remedy(String advice) {
        return new AllowedClasses(rules, loader, Objects.requireNonNull(advice, "advice"));
    }

    void require(String className) {
        if (rules.stream().noneMatch(rule -> rule.test(className))) {
            throw new CodecException(className + " is not allowed as a value, or part of one: " + remedy);
        }
    }

    /** Not initialised. */
    Class<?> load(String name) throws ClassNotFoundException {
        ClassLoader given = loader == null ? Thread.currentThread().getContextClassLoader() : loader;
        return Class.forName(name, false, given == null ? AllowedClasses.class.getClassLoader() : given);
    }
}
