package io.crema.simulation;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.testkit.ForwardingCache;
import io.crema.testkit.InMemoryServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** What the remote tier decides, decided otherwise; most do what a library without that rule does. */
final class ServerMutants {

    private ServerMutants() {}

    static List<Mutant> all() {
        return List.of(
                silent("a put publishes", "a put tells nobody", Silent.Operation.PUT),
                silent("an invalidation publishes", "an invalidation tells nobody", Silent.Operation.INVALIDATE),
                silent("an expiry publishes", "an expiry tells nobody", Silent.Operation.EXPIRE),
                silent("a tag's invalidation publishes", "a tag's tells nobody", Silent.Operation.TAG),
                silent("a clear publishes", "a clear tells nobody", Silent.Operation.CLEAR),
                cache("a fill needs its lease", "a fill takes any lease", FillsAnyway::new),
                cache("a lease has a token of its own", "all leases have one token", OneToken::new),
                cache("what is absent is published too", "what is absent is not invalidated", AbsentIsSilent::new),
                cache(
                        "the change comes before the message",
                        "the message comes before the change",
                        PublishesFirst::new),
                cache("reads ask the primary", "reads ask a replica that is behind", LaggingReads::new),
                cache("a clear raises the floor", "a clear does nothing there", ClearsNothing::new),
                cache("nothing is leased in quarantine", "a lease ends a quarantine", LeasesInQuarantine::new),
                cache("an invalidation leaves a quarantine", "an invalidation ends a quarantine", EndsQuarantines::new),
                cache("a quarantine refuses puts", "a put takes the place of a quarantine", PutsInQuarantine::new),
                cache("a fenced put is refused if shared", "a fenced put is always stored", NeverFenced::new),
                cache("versions are compared", "a put has no version", PutsWithoutVersion::new),
                cache("an invalidation's version stays", "an invalidation forgets it", ForgetsLeast::new),
                cache("a change of history is repaired", "a repair does nothing", RepairsNothing::new));
    }

    private interface Made {
        RemoteCache of(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory);
    }

    private static Mutant cache(String rule, String name, Made made) {
        BiFunction<World, InMemoryServer, Tampering> tampering = (world, server) -> {
            Map<RemoteKey, Long> memory = new HashMap<>();
            return new Tampering() {
                @Override
                RemoteCache of(RemoteCache cache, Host host) {
                    return made.of(cache, world, server, memory);
                }
            };
        };
        return new Mutant(rule, name, Setup.of(tampering));
    }

    private static Mutant silent(String rule, String name, Silent.Operation operation) {
        return new Mutant(rule, name, Setup.of((world, server) -> new Silent(operation)));
    }

    /** One operation whose messages are dropped. */
    private static final class Silent extends Tampering {

        enum Operation {
            PUT,
            INVALIDATE,
            EXPIRE,
            TAG,
            CLEAR
        }

        private final Operation silent;
        private boolean executing;

        Silent(Operation silent) {
            this.silent = silent;
        }

        @Override
        boolean drops(Host to) {
            return executing;
        }

        private <T> T without(Operation operation, Supplier<T> execution) {
            executing = operation == silent;
            try {
                return execution.get();
            } finally {
                executing = false;
            }
        }

        @Override
        RemoteCache of(RemoteCache inner, Host host) {
            return new ForwardingCache(inner) {
                @Override
                public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
                    return without(Operation.PUT, () -> super.put(key, value, holder, atLeast));
                }

                @Override
                public CompletableFuture<InvalidateReply> invalidate(
                        int partition, List<RemoteKey> keys, long least, long atLeast) {
                    return without(Operation.INVALIDATE, () -> super.invalidate(partition, keys, least, atLeast));
                }

                @Override
                public CompletableFuture<InvalidateReply> expire(
                        int partition, List<RemoteKey> keys, long least, long atLeast) {
                    return without(Operation.EXPIRE, () -> super.expire(partition, keys, least, atLeast));
                }

                @Override
                public CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast) {
                    return without(Operation.TAG, () -> super.invalidateTag(tag, token, atLeast));
                }

                @Override
                public CompletableFuture<Long> clear(int partition, long atLeast) {
                    return without(Operation.CLEAR, () -> super.clear(partition, atLeast));
                }
            };
        }
    }

    private abstract static class Changed extends ForwardingCache {

        final World world;
        final InMemoryServer server;
        final Map<RemoteKey, Long> memory;

        Changed(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache);
            this.world = world;
            this.server = server;
            this.memory = memory;
        }

        final RemoteRecord record(RemoteKey key) {
            return cache().read(key, ReadMode.VALUE).join();
        }

        final void remove(RemoteKey key) {
            server.loseRecord(name(), key.partition(), key.bytes());
        }

        final boolean isQuarantined(RemoteKey key) {
            return record(key).kind() == Kind.QUARANTINE;
        }
    }

    private static final class FillsAnyway extends Changed {
        FillsAnyway(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<LeaseReply> lease(
                RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
            CompletableFuture<LeaseReply> reply = super.lease(key, leaseToken, mode, known, leaseMillis, atLeast);
            if (reply.join() instanceof LeaseReply.Granted) {
                memory.put(key, leaseToken);
            }
            return reply;
        }

        @Override
        public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
            cache().release(key, memory.getOrDefault(key, leaseToken)).join();
            cache().lease(key, leaseToken, LeaseMode.EVEN_IF_FRESH, 10_000, atLeast)
                    .join();
            return super.fill(key, leaseToken, value, atLeast);
        }
    }

    private static final class OneToken extends Changed {
        OneToken(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<LeaseReply> lease(
                RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
            return super.lease(key, 1, mode, known, leaseMillis, atLeast);
        }

        @Override
        public CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast) {
            return super.fill(key, 1, value, atLeast);
        }

        @Override
        public CompletableFuture<StoreReply> renew(
                RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast) {
            return super.renew(key, 1, known, renewal, atLeast);
        }

        @Override
        public CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis) {
            return super.release(key, 1, failures, holdMillis);
        }
    }

    private static final class AbsentIsSilent extends Changed {
        AbsentIsSilent(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<InvalidateReply> invalidate(
                int partition, List<RemoteKey> keys, long least, long atLeast) {
            if (keys.stream().allMatch(key -> record(key).kind() == Kind.ABSENT)) {
                return CompletableFuture.completedFuture(new InvalidateReply(
                        server.clock(name(), partition),
                        keys.stream().map(key -> false).toList()));
            }
            return super.invalidate(partition, keys, least, atLeast);
        }
    }

    private static final class PublishesFirst extends Changed {
        PublishesFirst(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<InvalidateReply> invalidate(
                int partition, List<RemoteKey> keys, long least, long atLeast) {
            RemoteKey key = keys.get(0);
            RemoteRecord old = record(key);
            CompletableFuture<InvalidateReply> reply = super.invalidate(partition, keys, least, atLeast);
            if (old.kind() == Kind.VALUE && old.freshMillis() > 0) {
                byte[] payload = new byte[old.payload().remaining()];
                old.payload().duplicate().get(payload);
                RemoteValue value = RemoteValue.of(
                                old.token(), old.codec(), payload, old.freshMillis(), old.freshMillis(), 0)
                        .withTags(old.tags());
                cache().lease(key, 1, LeaseMode.EVEN_IF_FRESH, 1000, atLeast).join();
                cache().fill(key, 1, value, atLeast).join();
                world.after(Times.millis(3), () -> remove(key));
            }
            return reply;
        }
    }

    private static final class LaggingReads extends Changed {
        private final Map<RemoteKey, RemoteRecord> seen = new HashMap<>();

        LaggingReads(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        /** As of 20 ms ago, as far as that is known. */
        @Override
        public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
            RemoteRecord now = cache().read(key, mode).join();
            RemoteRecord before = seen.get(key);
            if (mode != ReadMode.HEADER) {
                world.after(Times.millis(20), () -> seen.put(key, now));
            }
            return CompletableFuture.completedFuture(
                    before == null || mode == ReadMode.HEADER || world.chance(0.5) ? now : before);
        }
    }

    private static final class ClearsNothing extends Changed {
        ClearsNothing(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<Long> clear(int partition, long atLeast) {
            return CompletableFuture.completedFuture(server.clock(name(), partition));
        }
    }

    private static final class LeasesInQuarantine extends Changed {
        LeasesInQuarantine(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode) {
            return super.read(key, mode)
                    .thenApply(found -> found.kind() == Kind.QUARANTINE ? RemoteRecord.absent(found.floor()) : found);
        }

        @Override
        public CompletableFuture<LeaseReply> lease(
                RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast) {
            if (isQuarantined(key)) {
                remove(key);
            }
            return super.lease(key, leaseToken, mode, known, leaseMillis, atLeast);
        }
    }

    private static final class EndsQuarantines extends Changed {
        EndsQuarantines(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<InvalidateReply> invalidate(
                int partition, List<RemoteKey> keys, long least, long atLeast) {
            CompletableFuture<InvalidateReply> reply = super.invalidate(partition, keys, least, atLeast);
            keys.stream().filter(this::isQuarantined).forEach(this::remove);
            return reply;
        }
    }

    private static final class PutsInQuarantine extends Changed {
        PutsInQuarantine(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
            if (holder == 0 && isQuarantined(key)) {
                remove(key);
            }
            return super.put(key, value, holder, atLeast);
        }
    }

    private static final class NeverFenced extends Changed {
        NeverFenced(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
            if (holder != 0) {
                remove(key);
            }
            return super.put(key, value, 0, atLeast);
        }
    }

    private static final class PutsWithoutVersion extends Changed {
        PutsWithoutVersion(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast) {
            return super.put(key, value.withOriginVersion(0), holder, atLeast);
        }
    }

    private static final class ForgetsLeast extends Changed {
        ForgetsLeast(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<InvalidateReply> invalidate(
                int partition, List<RemoteKey> keys, long least, long atLeast) {
            CompletableFuture<InvalidateReply> reply = super.invalidate(partition, keys, least, atLeast);
            keys.stream().filter(key -> !isQuarantined(key)).forEach(this::remove);
            return reply;
        }
    }

    private static final class RepairsNothing extends Changed {
        RepairsNothing(RemoteCache cache, World world, InMemoryServer server, Map<RemoteKey, Long> memory) {
            super(cache, world, server, memory);
        }

        @Override
        public CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast) {
            return CompletableFuture.completedFuture(server.clock(name(), partition));
        }
    }
}
