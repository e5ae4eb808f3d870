package io.crema.internal.engine;

import io.crema.internal.coherence.CoherenceRules.Freshness;
import io.crema.internal.coherence.EntryTags;
import io.crema.internal.engine.TagReader.Source;
import io.crema.internal.remote.Answer;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.util.concurrent.CompletableFuture;

/**
 * A put that is to store its value if there is none. The remote tier decides that in one step, but for a value whose tags
 * were invalidated: it lies in another partition than they, and looks fresh there.
 *
 * <p>So what made the put be refused is looked at. If its tags are dead, the lease on it is taken, then it is looked at
 * again, and filled: whatever is stored meanwhile takes the lease, so nothing live is overwritten. Nothing is published
 * then, and nothing has to be: whoever has the dead value will not serve it. While somebody else loads over the dead value
 * the put is refused, as if that load had been first.
 */
final class AbsentPut<K, V> {

    /** Each attempt fails only because somebody else has succeeded. */
    private static final int MOST_ATTEMPTS = 3;

    private final CacheEngine<K, V> engine;
    private final Route<K> route;
    private final RemoteValue value;
    private int attempts;

    AbsentPut(CacheEngine<K, V> engine, Route<K> route, RemoteValue value) {
        this.engine = engine;
        this.route = route;
        this.value = value;
    }

    CompletableFuture<Answer<StoreReply>> start() {
        attempts++;
        return route.access()
                .putIfAbsent(route.remoteKey(), value, route.partition().highest())
                .thenCompose(answer -> answer.isPresent() && answer.get() instanceof StoreReply.Refused
                        ? afterRefusal(answer)
                        : done(answer));
    }

    private CompletableFuture<Answer<StoreReply>> afterRefusal(Answer<StoreReply> refusal) {
        return isDead().thenCompose(dead -> dead.isEmpty() || !dead.get() ? done(refusal) : takeLease(refusal));
    }

    /** Whether what is there is a fresh value with dead tags. */
    private CompletableFuture<Answer<Boolean>> isDead() {
        return route.access().read(route.remoteKey(), ReadMode.HEADER).thenCompose(answer -> {
            if (answer.isEmpty()) {
                return done(Answer.none(answer.reason()));
            }
            RemoteRecord record = answer.get();
            Freshness freshness =
                    engine.rules.freshness(record.kind(), record.stamp(), record.floor(), record.freshMillis());
            if (freshness != Freshness.USABLE || record.tags().isEmpty()) {
                return done(Answer.of(false));
            }
            CompletableFuture<Answer<EntryTags>> versions =
                    route.tags().readFor(record.tags(), record.freshMillis(), Source.PRIMARY);
            return versions.thenApply(read -> read.map(present -> !present.match(record.tags())));
        });
    }

    private CompletableFuture<Answer<StoreReply>> takeLease(Answer<StoreReply> refusal) {
        HeldLease lease = new HeldLease(route);
        long token = engine.tokens.next();
        return route.access()
                .lease(
                        route.remoteKey(),
                        token,
                        LeaseMode.EVEN_IF_FRESH,
                        0,
                        engine.loads.leaseMillis,
                        route.partition().highest())
                .thenCompose(answer -> {
                    // An answer that did not come may have been a grant.
                    lease.granted(token);
                    if (answer.isPresent() && answer.get() instanceof LeaseReply.Granted) {
                        return isDead().thenCompose(
                                        dead -> dead.isEmpty() || !dead.get() ? released(lease, refusal) : fill(lease));
                    }
                    return answer.isEmpty() ? released(lease, refusal) : done(refusal);
                });
    }

    private CompletableFuture<Answer<StoreReply>> fill(HeldLease lease) {
        return route.access()
                .fill(route.remoteKey(), lease.token(), value, route.partition().highest())
                .thenCompose(answer ->
                        answer.isPresent() && answer.get() instanceof StoreReply.Refused && attempts < MOST_ATTEMPTS
                                ? start()
                                : done(answer));
    }

    private CompletableFuture<Answer<StoreReply>> released(HeldLease lease, Answer<StoreReply> refusal) {
        lease.release();
        return attempts < MOST_ATTEMPTS ? start() : done(refusal);
    }

    private static <T> CompletableFuture<T> done(T result) {
        return CompletableFuture.completedFuture(result);
    }
}
