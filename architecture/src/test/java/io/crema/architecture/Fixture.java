package io.crema.architecture;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A type with one of everything that a listing must show or hide. */
public abstract class Fixture<T extends Comparable<T>> implements Supplier<@Nullable T> {

    static final int UNSEEN = 1;

    protected Fixture(@Nullable String... names) {}

    @Override
    public @Nullable T get() {
        return null;
    }

    public static <K extends Runnable> Map<K, ?> none() {
        return Map.of();
    }

    protected abstract List<? super T> all(T first, byte[] @Nullable [] rest) throws IOException;

    void unseen() {}

    protected record Shape(int width) {

        public int doubled() {
            return 2 * width;
        }
    }

    record Hidden(int width) {}
}
