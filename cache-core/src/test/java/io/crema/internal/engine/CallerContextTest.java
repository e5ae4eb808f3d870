package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.internal.remote.RareLog;
import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import io.micrometer.context.ContextRegistry;
import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallerContextTest {

    private static final String KEY = "crema.test";

    private final ThreadLocal<String> trace = new ThreadLocal<>();
    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final RareLog log =
            new RareLog(System.getLogger("io.crema.test"), new InstanceClock(new HandMovedTicker(0)));
    private final List<String> seen = new ArrayList<>();

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, trace);
    }

    @AfterEach
    void remove() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
        other.shutdownNow();
    }

    private void look() {
        seen.add(trace.get());
    }

    private void onOther(Runnable task) {
        CompletableFuture.runAsync(task, other).orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void wrap_onAnotherThread_seesTheCallersValueAndRestoresItsOwn() {
        trace.set("caller");
        Runnable wrapped = CallerContext.capture(log).wrap(this::look);
        trace.set("caller, later");
        onOther(() -> trace.set("other"));

        onOther(wrapped);
        onOther(this::look);

        assertThat(seen).containsExactly("caller", "other");
    }

    @Test
    void wrap_threadWithoutValue_hasNoneAfterwards() {
        trace.set("caller");
        onOther(CallerContext.capture(log).wrap(this::look));
        onOther(this::look);

        assertThat(seen).containsExactly("caller", null);
    }

    @Test
    void wrap_severalTasksOfOneCapture_allSeeIt() {
        trace.set("caller");
        CallerContext context = CallerContext.capture(log);

        onOther(context.wrap(this::look));
        onOther(context.wrap(this::look));

        assertThat(seen).containsExactly("caller", "caller");
    }

    @Test
    void wrap_taskFails_isRestoredAndThrown() {
        trace.set("caller");
        Runnable wrapped = CallerContext.capture(log).wrap(() -> {
            throw new IllegalStateException("broken");
        });

        assertThatThrownBy(() -> onOther(wrapped)).hasRootCauseMessage("broken");
        onOther(this::look);

        assertThat(seen).containsOnlyNulls();
    }

    @Test
    void capture_accessorFails_taskRunsWithoutContext() {
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(
                        KEY,
                        () -> {
                            throw new IllegalStateException("cannot be read");
                        },
                        value -> {},
                        () -> {});

        assertThat(CallerContext.capture(log)).isSameAs(CallerContext.NONE);
        onOther(CallerContext.capture(log).wrap(this::look));
        assertThat(seen).hasSize(1);
    }

    @Test
    void wrap_accessorFailsToSet_taskRunsWithoutContext() {
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(
                        KEY,
                        () -> "value",
                        value -> {
                            throw new IllegalStateException("cannot be set");
                        },
                        () -> {});

        onOther(CallerContext.capture(log).wrap(this::look));

        assertThat(seen).hasSize(1);
    }

    @Test
    void none_wrap_isTheTaskItself() {
        Runnable task = this::look;

        assertThat(CallerContext.NONE.wrap(task)).isSameAs(task);
    }

    @Test
    void capture_withoutTheLibrary_isNone() throws Exception {
        try (WithoutMicrometer loader = WithoutMicrometer.ofThisClassPath()) {
            Class<?> type = loader.loadClass(CallerContext.class.getName());
            assertThat(type).isNotSameAs(CallerContext.class);
            Method capture = type.getDeclaredMethod("capture", loader.loadClass(RareLog.class.getName()));
            Method wrap = type.getDeclaredMethod("wrap", Runnable.class);
            capture.setAccessible(true);
            wrap.setAccessible(true);

            Object context = capture.invoke(null, (Object) null);

            assertThat(capture.invoke(null, (Object) null)).isSameAs(context);
            Runnable task = this::look;
            assertThat(wrap.invoke(context, task)).isSameAs(task);
        }
    }

    /** The same classes, but no library of Micrometer's. */
    private static final class WithoutMicrometer extends URLClassLoader {

        private WithoutMicrometer(URL[] classPath) {
            super(classPath, ClassLoader.getPlatformClassLoader());
        }

        static WithoutMicrometer ofThisClassPath() throws Exception {
            List<URL> urls = new ArrayList<>();
            for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(new File(element).toURI().toURL());
            }
            return new WithoutMicrometer(urls.toArray(new URL[0]));
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("io.micrometer.")) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }
    }
}
