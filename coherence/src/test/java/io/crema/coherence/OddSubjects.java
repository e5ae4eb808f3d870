package io.crema.coherence;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Subjects without a server, most of which do not do what they should. */
public final class OddSubjects implements SubjectProvider {

    /** Reads the origin. */
    static final String NO_CACHE = "no-cache";

    /** Its reads end their thread. */
    static final String BREAKS = "breaks";

    /** Its writes end their thread. */
    static final String BREAKS_WRITING = "breaks-writing";

    /** Its reads do not come back. */
    static final String HANGS = "hangs";

    /** Its writes throw, and its reads of one key. */
    static final String REFUSES = "refuses";

    /** Whoever asks for its topologies has no memory left. */
    static final String NO_MEMORY = "no-memory";

    /** Does not open. */
    static final String NEVER_OPENS = "never-opens";

    @Override
    public List<String> names() {
        return List.of(NO_CACHE, BREAKS, BREAKS_WRITING, HANGS, REFUSES, NO_MEMORY, NEVER_OPENS);
    }

    @Override
    public String version(String name) {
        return "1";
    }

    @Override
    public List<TopologyKind> topologies(String name) {
        if (name.equals(NO_MEMORY)) {
            throw new OutOfMemoryError("no memory left");
        }
        return List.of(TopologyKind.STANDALONE);
    }

    @Override
    public Subject open(String name, Setting setting) {
        if (name.equals(NEVER_OPENS)) {
            throw new IllegalStateException("There is\nno server");
        }
        System.out.println("This goes to the log");
        return new OddSubject(name, setting);
    }

    private record OddSubject(String name, Setting setting) implements Subject {

        @Override
        public Set<Feature> features() {
            return EnumSet.of(Feature.CLEAR);
        }

        @Override
        public Reading read(Key key) {
            switch (name) {
                case BREAKS -> throw new AssertionError("reads are broken");
                case HANGS -> hang();
                case REFUSES -> refuse(key.number() == 1);
                default -> {}
            }
            return new Reading(setting.origin().applyAsLong(key), false);
        }

        private static void refuse(boolean refused) {
            if (refused) {
                throw new IllegalStateException("refused");
            }
        }

        private static void hang() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Reading readLatest(Key key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void invalidate(Key key, long version) {
            if (name.equals(BREAKS_WRITING)) {
                throw new AssertionError("writes are broken");
            }
            refuse(name.equals(REFUSES));
        }

        @Override
        public void put(Key key, long version) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void expire(Key key, long version) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void invalidateTag(String tag) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void clear() {}

        @Override
        public long pending() {
            return 0;
        }

        @Override
        public Counts counts() {
            return Counts.NONE;
        }

        @Override
        public void close() {}
    }
}
