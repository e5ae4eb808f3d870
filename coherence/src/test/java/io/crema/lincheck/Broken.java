package io.crema.lincheck;

import com.github.benmanes.caffeine.cache.Cache;
import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.engine.OpenEngine;
import io.crema.internal.entry.NearEntry;
import java.lang.reflect.Field;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Instances that do one step wrong. */
final class Broken {

    private Broken() {}

    /** Evicts by what does not see an install in flight. */
    static final class EvictsIfPresent extends Instance {

        private final ConcurrentMap<String, NearEntry<Integer>> map = mapOf(this);

        @Override
        void written(String key, long stamp) {
            engine.detach(key, stamp);
            map.computeIfPresent(key, (k, entry) -> entry.stamp < stamp ? null : entry);
        }
    }

    /** Evicts what it finds, if it is still there. */
    static final class RemovesWhatItFinds extends Instance {

        private final ConcurrentMap<String, NearEntry<Integer>> map = mapOf(this);

        @Override
        void written(String key, long stamp) {
            engine.detach(key, stamp);
            NearEntry<Integer> entry = map.get(key);
            if (entry != null && entry.stamp < stamp) {
                boolean unused = map.remove(key, entry);
            }
        }
    }

    /** Evicts before the reads under way are told. */
    static final class DetachesLast extends Instance {

        @Override
        void written(String key, long stamp) {
            boolean unused = engine.near().evictOlder(key, engine.partition(), stamp);
            engine.detach(key, stamp);
        }
    }

    /** Tells no read under way. */
    static final class DetachesNothing extends Instance {

        @Override
        void written(String key, long stamp) {
            boolean unused = engine.near().evictOlder(key, engine.partition(), stamp);
        }
    }

    /** Installs what a detached read found. */
    static Instance installsDetached() {
        return new Instance(new CoherenceRules() {
            @Override
            public boolean mayInstall(boolean detached, long generation, long partitionGeneration) {
                return super.mayInstall(false, generation, partitionGeneration);
            }
        });
    }

    /** Registers a read after it has read. */
    static final class RegistersLate extends Instance {

        @Override
        void fetch(String key) {
            Stored found = stored;
            OpenEngine.Read read = engine.begin(key);
            if (read.isLeading()) {
                install(key, read, found);
                engine.end(key, read);
            }
        }
    }

    /** Asks for the lease after the look-up. */
    static final class LeaseAfterMap extends Instance {

        @Override
        @Nullable
        Integer hit(String key) {
            NearEntry<Integer> entry = engine.near().peek(key);
            if (entry == null || !engine.near().leaseValid()) {
                return null;
            }
            return served(this, entry, entry.partition.generation());
        }
    }

    /** Asks for the lease of the entry's partition, and does not look it up again. */
    static final class LeaseOfPartitionAfterMap extends Instance {

        @Override
        @Nullable
        Integer hit(String key) {
            NearEntry<Integer> entry = engine.near().peek(key);
            if (entry == null || !engine.near().leaseValid(entry.partition)) {
                return null;
            }
            return served(this, entry, entry.partition.generation());
        }
    }

    /** Reads the generation before all else. */
    static final class GenerationBeforeLease extends Instance {

        @Override
        @Nullable
        Integer hit(String key) {
            long generation = engine.partition().generation();
            if (!engine.near().leaseValid()) {
                return null;
            }
            return served(this, engine.near().peek(key), generation);
        }
    }

    /** Reads the generation before the map, and the lease before it. */
    static final class GenerationBeforeMap extends Instance {

        @Override
        @Nullable
        Integer hit(String key) {
            if (!engine.near().leaseValid()) {
                return null;
            }
            long generation = engine.partition().generation();
            return served(this, engine.near().peek(key), generation);
        }
    }

    /** Confirms before the loss is noticed. */
    static final class ConfirmsFirst extends Instance {

        @Override
        void resynchronise(long clock) {
            confirm();
            engine.bus().resynchronise(clock);
        }

        @Override
        void gap(String key, long stamp) {
            confirm();
            written(key, stamp);
        }
    }

    /** Gives an entry the generation that there is when it is installed, not that of the read. */
    static final class GenerationOfInstall extends Instance {

        @Override
        void install(String key, OpenEngine.Read read, Stored found) {
            engine.installAs(
                    key, read, found.value(), found.stamp(), engine.partition().generation());
        }
    }

    private static @Nullable Integer served(Instance instance, @Nullable NearEntry<Integer> entry, long generation) {
        OpenEngine engine = instance.engine;
        return entry != null && engine.rules().mayServe(entry.generation, generation, engine.now(), entry.deadline)
                ? entry.value
                : null;
    }

    /** The map that the near tier keeps to itself. */
    @SuppressWarnings("unchecked")
    private static ConcurrentMap<String, NearEntry<Integer>> mapOf(Instance instance) {
        try {
            Field field = instance.engine.near().getClass().getDeclaredField("entries");
            field.setAccessible(true);
            return ((Cache<String, NearEntry<Integer>>) field.get(instance.engine.near())).asMap();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
