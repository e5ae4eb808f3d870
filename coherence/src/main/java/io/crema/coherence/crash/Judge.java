package io.crema.coherence.crash;

import io.crema.coherence.crash.InstanceLog.ReadBack;
import io.crema.coherence.crash.InstanceLog.Write;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the instances wrote down with what the database has. It knows nothing of the cache. A pure function of both.
 */
final class Judge {

    private static final int EXAMPLES = 20;

    private final Map<Integer, InstanceLog> logs = new HashMap<>();
    private final Map<Integer, Row> rows = new HashMap<>();

    /** The acknowledged write of each key with the highest id. */
    private final Map<Integer, Write> highest = new HashMap<>();

    private final Map<Integer, List<Write>> inDoubt = new HashMap<>();

    /** By value and by key and id: what the database has had. */
    private final Map<Long, Long> idsOfApplied = new HashMap<>();

    private final Map<Integer, TreeSet<Long>> appliedIds = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private @Nullable Map<Integer, TreeSet<Long>> deletes;

    private long acknowledged;
    private long doubtful;
    private long lost;
    private long resurrected;
    private long unexplained;
    private long inversions;
    private long diverged;
    private long staleReads;
    private long staleLoads;
    private long readsJudged;
    private long late;
    private long repeated;

    /**
     * A row, as it is or was.
     *
     * @param value 0 = it is deleted
     */
    record Row(int key, long value, long writeId) {}

    /**
     * @param keys that have acknowledged writes: the last one of each is judged
     * @param writes begun
     * @param acknowledged those that were confirmed
     * @param inDoubt those that were sent and not confirmed: nobody knows whether Redis has them
     * @param lost keys whose row is older than the acknowledged write with the highest id
     * @param resurrected such keys where that was a delete, and the row is live
     * @param unexplained keys whose row nobody has written so
     * @param inversions of calls of the writer within one process, and of what the database applied
     * @param diverged keys of instances that read another value than the database's after all
     * @param readsJudged reads after own acknowledged writes
     * @param staleReads those that came from the cache and were older
     * @param staleLoads those that came from the database, because Redis did not answer, and were older
     * @param lateWrites that the database refused since it had a newer one: those of deposed owners
     * @param repeatedWrites that it refused since it had them already
     * @param examples of what is wrong
     */
    record Findings(
            long keys,
            long writes,
            long acknowledged,
            long inDoubt,
            long lost,
            long resurrected,
            long unexplained,
            long inversions,
            long diverged,
            long readsJudged,
            long staleReads,
            long staleLoads,
            long lateWrites,
            long repeatedWrites,
            List<String> examples) {}

    private Judge() {}

    /** @param applied all that the rows have been, in the order of the database */
    static Findings judge(Collection<InstanceLog> logs, Collection<Row> rows, List<Row> applied) {
        Judge judge = new Judge();
        rows.forEach(row -> judge.rows.put(row.key(), row));
        judge.history(applied);
        for (InstanceLog log : logs) {
            judge.logs.put(log.process(), log);
            log.all().forEach(judge::add);
            log.inversions().forEach(judge::inversion);
        }
        judge.compareRows();
        logs.forEach(judge::compareReads);
        return new Findings(
                judge.highest.size(),
                logs.stream().mapToLong(InstanceLog::writes).sum(),
                judge.acknowledged,
                judge.doubtful,
                judge.lost,
                judge.resurrected,
                judge.unexplained,
                judge.inversions,
                judge.diverged,
                judge.readsJudged,
                judge.staleReads,
                judge.staleLoads,
                judge.late,
                judge.repeated,
                judge.examples);
    }

    private void history(List<Row> applied) {
        Map<Integer, Long> last = new HashMap<>();
        for (Row row : applied) {
            Long before = last.put(row.key(), row.writeId());
            if (before != null && before >= row.writeId()) {
                inversion("the row of key " + row.key() + " got id " + row.writeId() + " after " + before);
            }
            idsOfApplied.put(row.value(), row.writeId());
            appliedIds.computeIfAbsent(row.key(), key -> new TreeSet<>()).add(row.writeId());
        }
    }

    private void inversion(String what) {
        inversions++;
        example(what);
    }

    private void example(String what) {
        if (examples.size() < EXAMPLES) {
            examples.add(what);
        }
    }

    private void add(Write write) {
        if (write.isAcknowledged()) {
            acknowledged++;
            if (write.id() == 0) {
                unexplained++;
                example("acknowledged without an id was " + write);
            }
            highest.merge(write.key(), write, (one, other) -> one.id() > other.id() ? one : other);
        } else {
            doubtful++;
            inDoubt.computeIfAbsent(write.key(), key -> new ArrayList<>()).add(write);
        }
    }

    private void compareRows() {
        TreeSet<Integer> keys = new TreeSet<>(highest.keySet());
        keys.addAll(rows.keySet());
        for (int key : keys) {
            compareRow(key, highest.get(key), rows.get(key));
        }
    }

    private void compareRow(int key, @Nullable Write best, @Nullable Row row) {
        long id = row == null ? 0 : row.writeId();
        if (best != null && id < best.id()) {
            boolean isLive = row != null && row.value() != 0;
            if (best.isDelete() && isLive) {
                resurrected++;
            } else {
                lost++;
            }
            example("acknowledged was " + best + ", but the row is " + row);
        } else if (row != null && !isExplained(row, best)) {
            unexplained++;
            example("the row of key " + key + " is " + row + ", but acknowledged was " + best);
        }
    }

    private boolean isExplained(Row row, @Nullable Write best) {
        if (best != null && best.id() == row.writeId()) {
            return best.value() == row.value();
        }
        return inDoubt.getOrDefault(row.key(), List.of()).stream()
                .anyMatch(write -> write.value() == row.value() && (write.id() == 0 || write.id() == row.writeId()));
    }

    private void compareReads(InstanceLog log) {
        log.last().forEach((key, value) -> {
            Row row = rows.get(key);
            if (value != (row == null ? 0 : row.value())) {
                diverged++;
                example("process " + log.process() + " reads " + value + " of key " + key + ", but the row is " + row);
            }
        });
        log.reads().forEach(read -> compareRead(log, read));
        for (long[] refused : log.refused()) {
            if (appliedIds.getOrDefault((int) refused[0], new TreeSet<>()).contains(refused[1])) {
                repeated++;
            } else {
                late++;
            }
        }
    }

    private void compareRead(InstanceLog log, ReadBack read) {
        readsJudged++;
        if (read.value() == 0 ? mayBeDeleted(read) : idOf(read.value()) >= read.written()) {
            return;
        }
        if (read.isLoaded()) {
            staleLoads++;
        } else {
            staleReads++;
            example("process " + log.process() + " had written key " + read.key() + " with id " + read.written()
                    + ", but read " + (read.value() == 0 ? "none" : "the value of id " + idOf(read.value())));
        }
    }

    /** What nobody knows the id of counts as the newest. */
    private long idOf(long value) {
        InstanceLog writer = logs.get(Settled.process(value));
        long id = writer == null ? 0 : writer.id(Settled.sequence(value));
        return id == 0 ? idsOfApplied.getOrDefault(value, Long.MAX_VALUE) : id;
    }

    private boolean mayBeDeleted(ReadBack read) {
        return deletes().getOrDefault(read.key(), new TreeSet<>()).ceiling(read.written()) != null;
    }

    /** The ids of all deletes by key; of one that nobody knows the id of the highest. */
    private Map<Integer, TreeSet<Long>> deletes() {
        Map<Integer, TreeSet<Long>> known = deletes;
        if (known == null) {
            known = new HashMap<>();
            for (InstanceLog log : logs.values()) {
                for (Write write : log.all().filter(Write::isDelete).toList()) {
                    known.computeIfAbsent(write.key(), key -> new TreeSet<>())
                            .add(write.id() == 0 ? Long.MAX_VALUE : write.id());
                }
            }
            deletes = known;
        }
        return known;
    }
}
