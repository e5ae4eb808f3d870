package io.crema.coherence.crash;

import io.crema.coherence.CoherenceException;
import io.crema.coherence.InstanceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The instances of one run. Thread-safe; one thread kills and suspends, others may start and look. */
final class CrashFleet implements AutoCloseable {

    private static final Duration READY_LIMIT = Duration.ofSeconds(90);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);

    private final CrashPlan plan;
    private final String redis;
    private final String database;
    private final long begunMillis = System.currentTimeMillis();
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final List<Started> started = new CopyOnWriteArrayList<>();

    private record Started(CrashSpec spec, InstanceProcess process) {}

    /**
     * An instance that should be alive.
     *
     * @param identity by what Redis knows it
     */
    record Member(InstanceProcess process, long identity) {}

    private CrashFleet(CrashPlan plan, String redis, String database) {
        this.plan = plan;
        this.redis = redis;
        this.database = database;
    }

    /** Returns when all instances are under load. */
    static CrashFleet start(CrashPlan plan, String redis, String database) throws IOException, InterruptedException {
        CrashFleet fleet = new CrashFleet(plan, redis, database);
        try {
            List<InstanceProcess> processes = new ArrayList<>();
            for (int i = 0; i < CrashPlan.INSTANCES; i++) {
                processes.add(fleet.process());
            }
            for (InstanceProcess process : processes) {
                fleet.join(process);
            }
            return fleet;
        } catch (IOException | InterruptedException | RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    private synchronized InstanceProcess process() throws IOException {
        int number = started.size() + 1;
        CrashSpec spec = new CrashSpec(
                number, redis, database, plan.folder(), plan.seed() + number, plan.writesPerSecond(), begunMillis);
        InstanceProcess process = InstanceProcess.start(spec.launch());
        started.add(new Started(spec, process));
        return process;
    }

    private void join(InstanceProcess process) throws InterruptedException {
        long identity = Long.parseLong(process.awaitReady(READY_LIMIT));
        process.beginLoad();
        members.add(new Member(process, identity));
    }

    /** Starts one more; returns when it is under load. */
    void startOne() throws IOException, InterruptedException {
        join(process());
    }

    List<Member> members() {
        return members;
    }

    /** One that can be spared, as long as another one is there; waits for that. */
    Member any(Random random) throws InterruptedException {
        while (members.size() < 2) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return members.get(random.nextInt(members.size()));
    }

    void kill(Member member) throws InterruptedException {
        members.remove(member);
        member.process.kill();
    }

    /** @throws CoherenceException if one has died that nobody killed, or does not do what it should */
    void requireWell() {
        for (Member member : members) {
            member.process.failure().ifPresent(failure -> {
                // It may have been killed since.
                if (members.contains(member)) {
                    throw new CoherenceException(failure);
                }
            });
        }
    }

    /** Of all instances there have been. */
    Doings doings() {
        return started.stream()
                .map(each -> Doings.decode(each.process.progress()))
                .reduce(Doings.NONE, Doings::plus);
    }

    /** Begins no more writes; returns those instances whose last one has not ended in that time. */
    List<String> pauseWrites(Duration limit) throws InterruptedException {
        members.forEach(member -> member.process.pauseWrites());
        List<String> busy = new ArrayList<>();
        for (Member member : members) {
            if (!member.process.awaitNoPending(limit)) {
                busy.add(member.process.name());
            }
        }
        return busy;
    }

    /** Every instance reads every key. */
    void readAll() throws InterruptedException {
        for (Member member : members) {
            member.process.sweep();
        }
    }

    /** @throws CoherenceException if one does not end as it should */
    void finish() throws InterruptedException {
        for (Member member : members) {
            member.process.finish(END_LIMIT);
        }
        requireWell();
    }

    /** Of all there have been. */
    List<InstanceLog> logs() throws IOException {
        List<InstanceLog> logs = new ArrayList<>();
        for (Started each : started) {
            if (each.spec.writes().toFile().exists()) {
                logs.add(InstanceLog.read(each.spec.process(), each.spec.writes()));
            }
        }
        return logs;
    }

    /** Kills what is left. */
    @Override
    public void close() {
        started.forEach(each -> each.process.close());
    }
}
