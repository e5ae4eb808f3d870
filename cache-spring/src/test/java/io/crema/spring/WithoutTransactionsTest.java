package io.crema.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Crema;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A class path as of an application without a database. */
class WithoutTransactionsTest {

    /** Runs where {@code org.springframework.transaction} is not there. */
    public static final class Use implements Callable<String> {
        @Override
        public String call() {
            try (Crema crema = Crema.builder().build()) {
                CremaCacheManager caches = CremaCacheManager.over(crema).build();
                var cache = caches.getCache("c");
                cache.put(1, "one");
                String read = cache.get(1).get()
                        + cache.get(2, () -> "two")
                        + cache.retrieve(1).join();
                cache.evict(1);
                cache.clear();
                return read + cache.get(1);
            }
        }
    }

    @Test
    void cache_works() throws Exception {
        String[] path = System.getProperty("java.class.path").split(java.io.File.pathSeparator);
        URL[] urls = Arrays.stream(path)
                .filter(entry -> !entry.contains("spring-tx"))
                .map(WithoutTransactionsTest::url)
                .toArray(URL[]::new);
        assertThat(urls).as("spring-tx was there").hasSizeLessThan(path.length);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Object use = loader.loadClass(Use.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            assertThat(((Callable<?>) use).call().toString())
                    .startsWith("onetwo")
                    .endsWith("null");
        }
    }

    private static URL url(String entry) {
        try {
            return new java.io.File(entry).toURI().toURL();
        } catch (java.net.MalformedURLException e) {
            throw new IllegalArgumentException(entry, e);
        }
    }
}
