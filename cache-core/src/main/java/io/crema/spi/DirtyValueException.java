package io.crema.spi;

import org.jspecify.annotations.Nullable;

/** A remote tier refuses what must not happen while the write of a key is still in its {@linkplain WriteJournal journal}. */
public final class DirtyValueException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** @param cause the tier's own failure; null = there is none */
    public DirtyValueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
