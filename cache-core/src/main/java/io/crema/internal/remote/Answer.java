package io.crema.internal.remote;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the remote tier answered to an operation; or that it did not, and then nobody knows whether it was executed. */
public final class Answer<T> {

    private final @Nullable T value;
    private final @Nullable Throwable reason;

    private Answer(@Nullable T value, @Nullable Throwable reason) {
        this.value = value;
        this.reason = reason;
    }

    public static <T> Answer<T> of(T value) {
        return new Answer<>(Objects.requireNonNull(value), null);
    }

    public static <T> Answer<T> none(Throwable reason) {
        return new Answer<>(null, Objects.requireNonNull(reason));
    }

    public boolean isPresent() {
        return value != null;
    }

    public boolean isEmpty() {
        return value == null;
    }

    /** @throws NullPointerException if it is empty */
    public T get() {
        return Objects.requireNonNull(value, "There was no answer");
    }

    /**
     * Why there is none.
     *
     * @throws NullPointerException if it is present
     */
    public Throwable reason() {
        return Objects.requireNonNull(reason, "There was an answer");
    }

    public <R> Answer<R> map(Function<? super T, ? extends R> function) {
        return value == null ? none(reason()) : of(function.apply(value));
    }
}
