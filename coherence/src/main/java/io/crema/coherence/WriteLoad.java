package io.crema.coherence;

import io.crema.coherence.Key.Kind;
import io.crema.coherence.Subject.Feature;
import io.crema.coherence.Subject.PendingException;
import io.crema.testkit.HistoryWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.ObjLongConsumer;

/**
 * One thread that commits new versions at a rate and tells the cache, most often by an invalidation. What the cache puts
 * off counts as acknowledged once the cache owes nothing any more; what fails otherwise never does.
 */
final class WriteLoad implements Runnable {

    /** Of 5,000 operations: with 1,000 a second, the instances together clear every 5 s. */
    private static final int OPERATIONS = 5_000;

    private static final int PUTS = OPERATIONS / 20;
    private static final int TAGS = OPERATIONS / 25;
    private static final int EXPIRES = 3 * OPERATIONS / 100;
    private static final int CLEARS = 1;

    private static final int COMMITS_OF_A_CLEAR = 4;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    final Failures failures = new Failures();

    private final Map<Operation, LongAdder> ended = new EnumMap<>(Operation.class);
    private final Subject subject;
    private final SharedVersions versions;
    private final HistoryWriter history;
    private final List<Key> keys;
    private final Zipf zipf;
    private final SplittableRandom random;
    private final int writesPerSecond;
    private final Set<Feature> features;
    private final BooleanSupplier running;

    /** The newest version of each key that this instance has recorded as acknowledged. */
    private final long[] acknowledged;

    /** What the cache has put off. */
    private final List<Debt> debts = new ArrayList<>();

    private long nextLook;
    private volatile int owed;
    private volatile boolean busy;
    private volatile boolean paused;

    /** Versions that one operation is about, side by side with their keys. */
    private static final class Commits {

        final int[] keys;
        final long[] versions;

        Commits(int[] keys, long[] versions) {
            this.keys = keys;
            this.versions = versions;
        }
    }

    private record Debt(Commits commits, long start) {}

    WriteLoad(
            Subject subject,
            SharedVersions versions,
            HistoryWriter history,
            List<Key> keys,
            Zipf zipf,
            SplittableRandom random,
            int writesPerSecond,
            Set<Feature> features,
            BooleanSupplier running) {
        this.subject = subject;
        this.versions = versions;
        this.history = history;
        this.keys = keys;
        this.zipf = zipf;
        this.random = random;
        this.writesPerSecond = writesPerSecond;
        this.features = features;
        this.running = running;
        acknowledged = new long[keys.size()];
        for (Operation operation : Operation.values()) {
            ended.put(operation, new LongAdder());
        }
    }

    /** How many versions one operation commits at most. */
    static int mostCommits(int keys) {
        return Math.max(
                COMMITS_OF_A_CLEAR, new Key(0).ofKind(Kind.TAGGED).sameTag(keys).size());
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /** Operations that are not known to be executed, the present one too. Called by any thread. */
    int owed() {
        return owed + (busy ? 1 : 0);
    }

    /** How many operations of a kind have ended, the failed ones too. Called by any thread. */
    long count(Operation operation) {
        return ended(operation).sum();
    }

    private LongAdder ended(Operation operation) {
        return Objects.requireNonNull(ended.get(operation));
    }

    @Override
    public void run() {
        Beat beat = new Beat(TimeUnit.SECONDS.toNanos(1) / writesPerSecond, System.nanoTime());
        while (running.getAsBoolean()) {
            beat.awaitTurn();
            // In this order: whoever has paused, and then sees that this is not busy, sees nothing begin.
            busy = true;
            if (!paused) {
                operate();
            }
            busy = false;
            settle();
        }
    }

    private void operate() {
        Key key = keys.get(zipf.draw(random));
        Operation operation = choose();
        switch (operation) {
            case INVALIDATE -> writeOne(operation, key, subject::invalidate);
            case PUT -> writeOne(operation, key.ofKind(Kind.VERSIONED), subject::put);
            case EXPIRE -> writeOne(operation, key.ofKind(Kind.PLAIN), subject::expire);
            case TAG -> {
                Key tagged = key.ofKind(Kind.TAGGED);
                Commits commits = commit(tagged.sameTag(keys.size()));
                attempt(operation, tagged, commits, () -> subject.invalidateTag(tagged.tag()));
            }
            case CLEAR -> {
                for (int i = 0; i < COMMITS_OF_A_CLEAR; i++) {
                    commit(List.of(keys.get(zipf.draw(random))));
                }
                attempt(operation, key, allCommitted(), subject::clear);
            }
        }
        ended(operation).increment();
        // What others can see of this must be in the history even if the process is killed next.
        history.flush();
    }

    /** An operation that the cache has not, or that is not asked for, gives its share to invalidations. */
    private Operation choose() {
        int draw = random.nextInt(OPERATIONS);
        if ((draw -= PUTS) < 0) {
            return ifThere(Feature.VERSIONED_PUT, Operation.PUT);
        } else if ((draw -= TAGS) < 0) {
            return ifThere(Feature.INVALIDATE_TAG, Operation.TAG);
        } else if ((draw -= EXPIRES) < 0) {
            return ifThere(Feature.EXPIRE, Operation.EXPIRE);
        }
        return draw < CLEARS ? ifThere(Feature.CLEAR, Operation.CLEAR) : Operation.INVALIDATE;
    }

    private Operation ifThere(Feature feature, Operation operation) {
        return features.contains(feature) ? operation : Operation.INVALIDATE;
    }

    private void writeOne(Operation operation, Key key, ObjLongConsumer<Key> call) {
        Commits commits = commit(List.of(key));
        attempt(operation, key, commits, () -> call.accept(key, commits.versions[0]));
    }

    private Commits commit(List<Key> written) {
        Commits commits = new Commits(new int[written.size()], new long[written.size()]);
        for (int i = 0; i < written.size(); i++) {
            int key = written.get(i).number();
            long start = System.nanoTime();
            long version = versions.commit(key);
            history.written(key, version, start, System.nanoTime());
            commits.keys[i] = key;
            commits.versions[i] = version;
        }
        return commits;
    }

    /** The newest versions, whoever committed them, but for those that this instance knows to be acknowledged. */
    private Commits allCommitted() {
        int[] written = new int[keys.size()];
        long[] newest = new long[keys.size()];
        int count = 0;
        for (int key = 0; key < keys.size(); key++) {
            long version = versions.get(key);
            if (version > Math.max(acknowledged[key], SharedVersions.INITIAL)) {
                written[count] = key;
                newest[count++] = version;
            }
        }
        return new Commits(Arrays.copyOf(written, count), Arrays.copyOf(newest, count));
    }

    private void attempt(Operation operation, Key key, Commits commits, Runnable call) {
        long start = System.nanoTime();
        try {
            call.run();
        } catch (PendingException e) {
            debts.add(new Debt(commits, start));
            owed = debts.size();
            return;
        } catch (RuntimeException e) {
            failures.add(operation.name(), key, e);
            return;
        }
        record(commits, start, System.nanoTime());
    }

    private void record(Commits commits, long start, long end) {
        for (int i = 0; i < commits.keys.length; i++) {
            int key = commits.keys[i];
            long version = commits.versions[i];
            history.invalidated(key, version, start, end);
            acknowledged[key] = Math.max(acknowledged[key], version);
        }
    }

    /** The debts were there before the cache is asked: if it owes nothing, they are paid. */
    private void settle() {
        if (debts.isEmpty() || System.nanoTime() - nextLook < 0) {
            return;
        }
        if (subject.pending() == 0) {
            long paid = System.nanoTime();
            debts.forEach(debt -> record(debt.commits(), debt.start(), paid));
            history.flush();
            debts.clear();
            owed = 0;
        }
        nextLook = System.nanoTime() + LOOK_NANOS;
    }
}
