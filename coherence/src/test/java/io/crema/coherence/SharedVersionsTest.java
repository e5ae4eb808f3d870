package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedVersionsTest {

    private static final int KEYS = 20;

    @TempDir
    private Path directory;

    @Test
    void get_newFile_isInitial() throws IOException {
        SharedVersions versions = SharedVersions.create(directory.resolve("origin"), KEYS);

        assertThat(versions.keys()).isEqualTo(KEYS);
        for (int key = 0; key < KEYS; key++) {
            assertThat(versions.get(key)).isEqualTo(SharedVersions.INITIAL);
        }
    }

    @Test
    void commit_oneMapping_isSeenByTheOther() throws IOException {
        SharedVersions one = SharedVersions.create(directory.resolve("origin"), KEYS);
        SharedVersions other = SharedVersions.open(directory.resolve("origin"));

        assertThat(one.commit(KEYS - 1)).isEqualTo(2);
        assertThat(other.get(KEYS - 1)).isEqualTo(2);
        assertThat(other.commit(KEYS - 1)).isEqualTo(3);
        assertThat(one.get(KEYS - 1)).isEqualTo(3);
        assertThat(one.get(0)).isEqualTo(SharedVersions.INITIAL);
    }

    @Test
    void commit_twoMappingsAtOnce_givesEachVersionOnce() throws Exception {
        int commits = 50_000;
        SharedVersions first = SharedVersions.create(directory.resolve("origin"), KEYS);
        List<SharedVersions> mappings = List.of(first, SharedVersions.open(directory.resolve("origin")));
        Set<Long> given = ConcurrentHashMap.newKeySet();
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (SharedVersions mapping : mappings) {
            writers.add(() -> {
                boolean once = true;
                for (int i = 0; i < commits; i++) {
                    once &= given.add(mapping.commit(7));
                }
                return once;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (Future<Boolean> once : threads.invokeAll(writers)) {
                assertThat(once.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(first.get(7)).isEqualTo(SharedVersions.INITIAL + 2L * commits);
    }

    @Test
    void create_fileIsThere_fails() throws IOException {
        SharedVersions.create(directory.resolve("origin"), KEYS);

        assertThatThrownBy(() -> SharedVersions.create(directory.resolve("origin"), KEYS))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void open_noOrigin_fails() throws IOException {
        Path foreign = Files.write(directory.resolve("foreign"), new byte[13]);

        assertThatThrownBy(() -> SharedVersions.open(foreign)).hasMessageContaining("holds no versions");
        assertThatThrownBy(() -> SharedVersions.open(directory.resolve("nowhere")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
