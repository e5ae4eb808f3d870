package io.crema.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.time.Clock;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * Who may know whom, and who may touch time and threads. Each rule says why it is there. Rules about packages that have
 * no class yet hold until they have one.
 */
class DependencyRulesTest {

    private static final DescribedPredicate<JavaClass> CORE = describe("are in crema-core", Modules::isCore);

    private static final DescribedPredicate<JavaClass> CREMA = resideInAPackage("io.crema..");

    private static final DescribedPredicate<JavaAccess<?>> A_CLOCK = describe(
            "a clock, a sleep or a new thread or executor",
            access -> isClock(access.getTarget()) || isSleep(access.getTarget()) || isNewThread(access.getTarget()));

    private static final DescribedPredicate<JavaAccess<?>> AN_ASYNC_HOP_WITHOUT_EXECUTOR =
            describe("an asynchronous hop that names no executor", access -> isHopWithoutExecutor(access.getTarget()));

    @Test
    void core_dependencies_noRedisNoSpringNoLogger() {
        noClasses()
                .that(CORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.lettuce..",
                        "redis..",
                        "org.springframework..",
                        "io.netty..",
                        "reactor..",
                        "com.esotericsoftware..",
                        "org.postgresql..",
                        "java.sql..",
                        "org.slf4j..",
                        "java.util.logging..",
                        "io.crema.redis..",
                        "io.crema.postgres..",
                        "io.crema.testkit..",
                        "io.crema.spring..")
                .because("core works with any remote tier, without one, and logs by System.Logger to whatever is there")
                .check(Modules.ALL);
    }

    @Test
    void core_dependencies_onlyTheAllowedLibraries() {
        classes()
                .that(CORE)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "io.crema..",
                        "java..",
                        "org.jspecify.annotations..",
                        "com.github.benmanes.caffeine..",
                        "io.micrometer.."))
                .because("a cache must not bring a service libraries to reconcile")
                .check(Modules.ALL);
    }

    @Test
    void spi_dependencies_onlyTheJdkAndItself() {
        classes()
                .that()
                .resideInAPackage("io.crema.spi..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("io.crema.spi..", "java..", "org.jspecify.annotations.."))
                .because("an adapter is written against the SPI alone, so the rest of core may change under it")
                .check(Modules.ALL);
    }

    @Test
    void policy_dependencies_nothingInternal() {
        noClasses()
                .that()
                .resideInAnyPackage("io.crema.policy..", "io.crema.event..", "io.crema.spi..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.crema.internal..")
                .allowEmptyShould(true)
                .because("policies, events and the SPI are data and contracts: the pipeline reads them, not they it")
                .check(Modules.ALL);
    }

    @Test
    void micrometer_access_onlyItsPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.crema.micrometer..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .because("Micrometer is optional: without it no other class may fail to load")
                .check(Modules.ALL);
    }

    @Test
    void adapters_dependencies_nothingInternalOfCore() {
        noClasses()
                .that()
                .resideInAnyPackage(Modules.REDIS, Modules.POSTGRES, Modules.SPRING, Modules.TESTKIT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.crema.internal..")
                .allowEmptyShould(true)
                .because("an adapter that needs core's inside shows that the SPI lacks something")
                .check(Modules.ALL);
    }

    @Test
    void decisions_dependencies_pure() {
        noClasses()
                .that()
                .resideInAnyPackage("io.crema.internal.coherence..", "io.crema.internal.entry..")
                .should()
                .dependOnClassesThat(assignableTo(Thread.class)
                        .or(assignableTo(Executor.class))
                        .or(assignableTo(CompletionStage.class))
                        .or(assignableTo(Timer.class))
                        .or(assignableTo(Clock.class))
                        .or(assignableTo(System.Logger.class))
                        .or(resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net.."))
                        .or(CREMA.and(resideOutsideOfPackages(
                                "io.crema",
                                "io.crema.spi..",
                                "io.crema.internal.coherence..",
                                "io.crema.internal.entry.."))))
                .allowEmptyShould(true)
                .because(
                        "decisions are functions of their arguments: no thread, clock or I/O, so a table can test them")
                .check(Modules.ALL);
    }

    @Test
    void decisions_calls_noClock() {
        noClasses()
                .that()
                .resideInAnyPackage("io.crema.internal.coherence..", "io.crema.internal.entry..")
                .should()
                .callMethod(io.crema.spi.Ticker.class, "nanos")
                .allowEmptyShould(true)
                .because("a decision gets the time as an argument")
                .check(Modules.ALL);
    }

    @Test
    void caffeine_access_onlyNear() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.crema.internal.near..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.github.benmanes.caffeine..")
                .because("one package knows which of Caffeine's operations see an install in flight and which do not")
                .check(Modules.ALL);
    }

    @Test
    void clocksAndThreads_access_onlyTime() {
        noClasses()
                .that(CORE)
                .and()
                .resideOutsideOfPackage("io.crema.internal.time..")
                .should()
                .accessTargetWhere(A_CLOCK)
                .because("whoever takes time and threads from one place can be driven by hand, so no test sleeps")
                .check(Modules.ALL);
    }

    @Test
    void asynchronousHops_calls_nameTheirExecutor() {
        noClasses()
                .that(CREMA)
                .should()
                .accessTargetWhere(AN_ASYNC_HOP_WITHOUT_EXECUTOR)
                .because(
                        "a hop without an executor lands in the common pool, which the service's own code may have blocked")
                .check(Modules.ALL);
    }

    @Test
    void packages_cycles_none() {
        slices().matching("io.crema.(**)")
                .should()
                .beFreeOfCycles()
                .because("a package that can be read alone can be understood alone")
                .check(Modules.ALL.that(describe("are not in the root package", type -> !isRoot(type))));
    }

    @Test
    void names_ofClasses_sayWhatTheyAre() {
        noClasses()
                .that(CREMA)
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Impl|Processor)(\\$.*)?")
                .because("such a name says that nobody decided what the class is")
                .check(Modules.ALL);
    }

    private static boolean isRoot(JavaClass type) {
        return type.getPackageName().equals("io.crema");
    }

    private static boolean isClock(AccessTarget target) {
        boolean ofSystem = target.getOwner().isEquivalentTo(System.class)
                && Set.of("nanoTime", "currentTimeMillis").contains(target.getName());
        boolean ofJavaTime = target.getOwner().getPackageName().equals("java.time")
                && (target.getName().equals("now") || target.getName().startsWith("system"));
        return ofSystem || ofJavaTime;
    }

    private static boolean isSleep(AccessTarget target) {
        boolean ofThread = target.getOwner().isAssignableTo(Thread.class)
                && Set.of("sleep", "onSpinWait", "yield").contains(target.getName());
        boolean ofUnit = target.getFullName().startsWith("java.util.concurrent.TimeUnit.sleep(");
        return ofThread || ofUnit;
    }

    private static boolean isNewThread(AccessTarget target) {
        JavaClass owner = target.getOwner();
        boolean constructed = target.getName().equals("<init>")
                && (owner.isAssignableTo(Thread.class)
                        || owner.isAssignableTo(ExecutorService.class)
                        || owner.isAssignableTo(Timer.class));
        boolean byFactory = owner.isEquivalentTo(Executors.class)
                || (owner.isAssignableTo(CompletableFuture.class)
                        && Set.of("delayedExecutor", "orTimeout", "completeOnTimeout")
                                .contains(target.getName()))
                || target.getFullName().startsWith("java.util.concurrent.ForkJoinPool.commonPool(");
        return constructed || byFactory;
    }

    private static boolean isHopWithoutExecutor(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitAccessTarget method
                && method.getOwner().isAssignableTo(CompletionStage.class)
                && method.getName().endsWith("Async")
                && method.getRawParameterTypes().stream().noneMatch(type -> type.isAssignableTo(Executor.class));
    }
}
