package io.crema.lincheck;

import com.github.benmanes.caffeine.cache.Cache;
import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.engine.OpenEngine;
import io.crema.internal.entry.NearEntry;
import java.lang.reflect.Field;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Instances that do one step wrong, or none. */
final class Broken {

    /** What it does wrong. */
    enum Mistake {
        NONE,
        EVICTS_IF_PRESENT,
        REMOVES_WHAT_IT_FINDS,
        DETACHES_LAST,
        DETACHES_NOTHING,
        INSTALLS_DETACHED,
        REGISTERS_LATE,
        LEASE_AFTER_MAP,
        LEASE_OF_PARTITION_AFTER_MAP,
        GENERATION_BEFORE_LEASE,
        /** No mistake: what it can miss is not served. */
        GENERATION_BEFORE_MAP,
        CONFIRMS_FIRST,
        GENERATION_OF_INSTALL
    }

    private Broken() {}

    static Instance instance(Mistake mistake) {
        return switch (mistake) {
            case NONE -> new Instance();
            case EVICTS_IF_PRESENT -> new EvictsIfPresent();
            case REMOVES_WHAT_IT_FINDS -> new RemovesWhatItFinds();
            case DETACHES_LAST -> new DetachesLast();
            case DETACHES_NOTHING -> new DetachesNothing();
            case INSTALLS_DETACHED -> new Instance(new InstallsDetached());
            case REGISTERS_LATE -> new RegistersLate();
            case LEASE_AFTER_MAP -> new LeaseAfterMap();
            case LEASE_OF_PARTITION_AFTER_MAP -> new LeaseOfPartitionAfterMap();
            case GENERATION_BEFORE_LEASE -> new GenerationBeforeLease();
            case GENERATION_BEFORE_MAP -> new GenerationBeforeMap();
            case CONFIRMS_FIRST -> new ConfirmsFirst();
            case GENERATION_OF_INSTALL -> new GenerationOfInstall();
        };
    }

    /** Evicts by what does not see an install in flight. */
    private static final class EvictsIfPresent extends Instance {

        private final ConcurrentMap<String, NearEntry<Integer>> map = mapOf(this);

        @Override
        void written(String key, long stamp) {
            engine.detach(key, stamp);
            map.computeIfPresent(key, (k, entry) -> entry.stamp < stamp ? null : entry);
        }
    }

    /** Evicts what it finds, if it is still there. */
    private static final class RemovesWhatItFinds extends Instance {

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
    private static final class DetachesLast extends Instance {

        @Override
        void written(String key, long stamp) {
            boolean unused = engine.near().evictOlder(key, engine.partition(), stamp);
            engine.detach(key, stamp);
        }
    }

    /** Tells no read under way. */
    private static final class DetachesNothing extends Instance {

        @Override
        void written(String key, long stamp) {
            boolean unused = engine.near().evictOlder(key, engine.partition(), stamp);
        }
    }

    /** Installs what a detached read found. */
    private static final class InstallsDetached extends CoherenceRules {

        @Override
        public boolean mayInstall(boolean detached, long generation, long partitionGeneration) {
            return super.mayInstall(false, generation, partitionGeneration);
        }
    }

    /** Registers a read after it has read. */
    private static final class RegistersLate extends Instance {

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
    private static final class LeaseAfterMap extends Instance {

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
    private static final class LeaseOfPartitionAfterMap extends Instance {

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
    private static final class GenerationBeforeLease extends Instance {

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
    private static final class GenerationBeforeMap extends Instance {

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
    private static final class ConfirmsFirst extends Instance {

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
    private static final class GenerationOfInstall extends Instance {

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
