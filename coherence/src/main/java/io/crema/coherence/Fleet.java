package io.crema.coherence;

import io.crema.coherence.Subject.Counts;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The instances of one run, each with its own way to each server, over which faults can come. One thread leads; others may
 * look.
 */
final class Fleet implements AutoCloseable {

    static final int SIZE = 3;

    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private final Plan plan;
    private final Topology topology;
    private final Path origin;
    private final List<Map<Integer, FaultProxy>> ways = new ArrayList<>();
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final List<Member> killed = new CopyOnWriteArrayList<>();
    private int started;
    private boolean loaded;

    /**
     * An instance that should be alive.
     *
     * @param proxies by the port of the server behind
     */
    record Member(String subject, Map<Integer, FaultProxy> proxies, Path history, InstanceProcess process) {

        Progress progress() {
            return Progress.of(process);
        }
    }

    private Fleet(Plan plan, Topology topology) throws IOException {
        this.plan = plan;
        this.topology = topology;
        origin = plan.folder().resolve("origin");
        SharedVersions.create(origin, plan.load().keys());
    }

    /** Returns when all instances are ready. */
    static Fleet start(Plan plan, Topology topology) throws IOException, InterruptedException {
        Fleet fleet = new Fleet(plan, topology);
        try {
            for (String subject : plan.subjects()) {
                fleet.members.add(fleet.start(subject, fleet.way()));
            }
            for (Member member : fleet.members) {
                member.process.awaitReady(READY_LIMIT);
            }
            return fleet;
        } catch (IOException | InterruptedException | RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    private Map<Integer, FaultProxy> way() {
        Map<Integer, FaultProxy> proxies = new LinkedHashMap<>();
        ways.add(proxies);
        for (EmbeddedRedis server : topology.servers()) {
            proxies.put(server.port(), FaultProxy.to(server.port()));
        }
        return proxies;
    }

    private Member start(String subject, Map<Integer, FaultProxy> proxies) throws IOException {
        int number = ++started;
        Map<Integer, Integer> ports = proxies.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, way -> way.getValue().port()));
        InstanceSpec spec = new InstanceSpec(
                subject,
                number,
                topology.kind(),
                topology.uris(),
                ports,
                plan.bound(),
                origin,
                plan.folder().resolve("instance-" + number + ".history"),
                plan.folder().resolve("instance-" + number + ".log"),
                plan.seed() + number,
                plan.load());
        return new Member(subject, proxies, spec.history(), InstanceProcess.start(spec.launch()));
    }

    void beginLoad() {
        loaded = true;
        members.forEach(member -> member.process.beginLoad());
    }

    /** Starts an instance in the place of one that was killed; returns when it takes part. */
    void replace(Member dead) throws IOException, InterruptedException {
        Member next = start(dead.subject, dead.proxies);
        killed.add(dead);
        members.set(members.indexOf(dead), next);
        next.process.awaitReady(READY_LIMIT);
        if (loaded) {
            next.process.beginLoad();
        }
    }

    /** Those that are meant to be alive. */
    List<Member> members() {
        return members;
    }

    List<Member> withStrictClock() {
        return members.stream()
                .filter(member -> member.subject.equals(CremaSubjects.STRICT))
                .toList();
    }

    List<Member> withDefaultClock() {
        return members.stream()
                .filter(member -> !member.subject.equals(CremaSubjects.STRICT))
                .toList();
    }

    /** Of an instance that was killed on purpose. */
    List<Path> historiesOfKilled() {
        return killed.stream().map(Member::history).toList();
    }

    List<Path> histories() {
        return members.stream().map(Member::history).toList();
    }

    int keys() {
        return plan.load().keys();
    }

    /** One more instance, in this process, by no proxy and without a history. */
    Subject oneMore() {
        Setting setting = new Setting(
                "one-more", topology.kind(), topology.uris(), Map.of(), plan.bound(), key -> SharedVersions.INITIAL);
        String subject = plan.subjects().get(0);
        return SubjectProviders.named(subject).open(subject, setting);
    }

    /** @throws CoherenceException if one has died that nobody killed, or does not do what it should */
    void requireWell() {
        for (Member member : members) {
            requireNoFailure(member);
            if (!member.process.isAlive()) {
                throw new CoherenceException(member.process.name() + " has ended, unasked");
            }
        }
    }

    /** Of all instances there have been. */
    Counts counts() {
        Counts sum = Counts.NONE;
        for (Progress progress : progress()) {
            sum = sum.plus(progress.counts());
        }
        return sum;
    }

    List<Progress> progress() {
        List<Progress> all = new ArrayList<>();
        killed.forEach(member -> all.add(member.progress()));
        members.forEach(member -> all.add(member.progress()));
        return all;
    }

    void pauseWrites() {
        members.forEach(member -> member.process.pauseWrites());
    }

    void resumeWrites() {
        members.forEach(member -> member.process.resumeWrites());
    }

    /** Returns those that still owe something after that time. */
    List<String> awaitNoPending(Duration limit) throws InterruptedException {
        List<String> owing = new ArrayList<>();
        for (Member member : members) {
            if (!member.process.awaitNoPending(limit)) {
                owing.add(member.process.name());
            }
        }
        requireWell();
        return owing;
    }

    /** Every instance reads every key. Returns those that could not read them all. */
    List<String> sweep() throws InterruptedException {
        List<String> failed = new ArrayList<>();
        for (Member member : members) {
            if (member.process.sweep() < keys()) {
                failed.add(member.process.name());
            }
        }
        return failed;
    }

    /** The most versions that killed instances may have committed without leaving a record: an operation each. */
    long mostUnrecorded() {
        return (long) killed.size() * WriteLoad.mostCommits(plan.load().keys());
    }

    /** How many versions were ever committed, whoever did and whether or not it is recorded. */
    long commits() throws IOException {
        return SharedVersions.open(origin).commits();
    }

    /** @throws CoherenceException if one does not end as it should */
    void finish() throws InterruptedException {
        for (Member member : members) {
            member.process.finish(END_LIMIT);
        }
        for (Member member : members) {
            requireNoFailure(member);
        }
    }

    private static void requireNoFailure(Member member) {
        member.process.failure().ifPresent(failure -> {
            throw new CoherenceException(failure + " (" + member.subject + ")");
        });
    }

    /** Kills what is left. */
    @Override
    public void close() {
        members.forEach(member -> member.process.close());
        killed.forEach(member -> member.process.close());
        ways.forEach(way -> way.values().forEach(FaultProxy::close));
    }
}
