package io.crema.redis.internal.client;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way over one {@link Link}, and the future of its result. It completes exactly once: with the reply,
 * or when the link is lost.
 *
 * <p>A server that answers that it may not write, or has not loaded its data, is none to talk to: the link is dropped.
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
        CommandOutput<byte[], byte[], T> output = getOutput();
        boolean unfit = output != null && output.hasError() && isUnfit(output.getError());
        super.complete();
        Link over = link;
        if (unfit && over != null) {
            over.drop();
        }
    }

    /** Before version 7 the error within a script is quoted in that of the script. */
    private static boolean isUnfit(String error) {
        return error.startsWith("LOADING ")
                || error.startsWith("MASTERDOWN ")
                || error.startsWith("READONLY ")
                || error.contains(" -READONLY ");
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
