package io.crema.redis.internal.client;

import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way over one {@link Link}, and the future of its result. It completes exactly once: with the reply,
 * or when the link is lost.
 */
public class Request<T> extends AsyncCommand<byte[], byte[], T> {

    private volatile @Nullable Link link;

    public Request(RedisCommand<byte[], byte[], T> command) {
        super(command);
    }

    final void sentOver(Link over) {
        link = over;
    }

    @Override
    public void complete() {
        leave();
        super.complete();
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        leave();
        return super.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        leave();
        return super.cancel(mayInterruptIfRunning);
    }

    private void leave() {
        Link over = link;
        if (over != null) {
            over.forget(this);
        }
    }
}
