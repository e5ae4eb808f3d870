package io.crema.simulation;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection of a slow bus, with what is on its way over it in both directions. */
final class SlowConnection implements BusConnection {

    private final SlowBus bus;
    private final BusConnection connection;
    private final World world;

    /** The one to the same primary before it, which has to end first. */
    private @Nullable SlowConnection before;

    private @Nullable SlowConnection next;

    /** On their way to the instance, in order. */
    private final Deque<Item> items = new ArrayDeque<>();

    /** Requests on their way to the server. */
    private final Set<Request<?>> unsent = new LinkedHashSet<>();

    private long lastArrival;
    private long lastRequest;
    private boolean delivering;

    /** The primary is one no more, but answers. */
    private boolean demoted;

    /** Nothing more comes from the server. */
    private boolean cut;

    /** The instance knows. */
    private boolean ended;

    SlowConnection(SlowBus bus, BusConnection connection, @Nullable SlowConnection before) {
        this.bus = bus;
        this.connection = connection;
        this.world = bus.world;
        if (before != null && !before.ended) {
            this.before = before;
            before.next = this;
        }
    }

    /** @param ifLost what remains to be done if it does not arrive */
    private record Item(Runnable arrive, @Nullable Runnable ifLost) {}

    private final class Request<T> {
        private final Consumer<BiConsumer<@Nullable T, @Nullable Throwable>> send;
        private final BiConsumer<@Nullable T, @Nullable Throwable> reply;

        Request(
                Consumer<BiConsumer<@Nullable T, @Nullable Throwable>> send,
                BiConsumer<@Nullable T, @Nullable Throwable> reply) {
            this.send = send;
            this.reply = reply;
        }

        void send() {
            if (!unsent.remove(this)) {
                return;
            }
            if (cut || demoted) {
                offer(failed(demoted ? "READONLY" : "The connection is lost"));
            } else {
                send.accept((result, failure) ->
                        offer(new Item(() -> reply.accept(result, failure), failed("The connection was lost").arrive)));
            }
        }

        Item failed(String why) {
            return new Item(() -> reply.accept(null, new IOException(why)), null);
        }
    }

    // From the server

    void tell(Consumer<BusListener> told) {
        offer(new Item(() -> told.accept(bus.listener()), null));
    }

    /** The server dropped it. What is under way may still come, from the front; the instance learns of the end after it. */
    void lostByServer() {
        if (cut) {
            return;
        }
        long until = bus.network.demotedUntil();
        if (until > world.now() && !demoted) {
            demoted = true;
            world.at(until, this::end);
        } else {
            end();
        }
    }

    private void end() {
        if (cut) {
            return;
        }
        cut = true;
        world.trace.note(world.now(), bus.host.number(), Trace.NO_KEY, "connection lost", items.size());
        int some = world.chance(0.5) ? items.size() : world.below(items.size() + 1);
        loseFrom(bus.network.losesLastWords() ? 0 : some);
        offer(new Item(this::disconnected, null));
    }

    private void loseFrom(int kept) {
        List<Item> all = new ArrayList<>(items);
        items.clear();
        items.addAll(all.subList(0, kept));
        for (Item lost : all.subList(kept, all.size())) {
            if (lost.ifLost != null) {
                offer(new Item(lost.ifLost, null));
            }
        }
        List<Request<?>> requests = new ArrayList<>(unsent);
        unsent.clear();
        requests.forEach(request -> offer(request.failed("The connection was lost")));
    }

    private void disconnected() {
        ended = true;
        bus.listener().onDisconnected(this);
        if (next != null) {
            next.follows();
        }
    }

    /** The one before it has ended. */
    private void follows() {
        before = null;
        world.after(Times.micros(1), () -> bus.host.run(this::arriveAll));
    }

    private void offer(Item item) {
        items.add(item);
        if (bus.network.isImmediate()) {
            arriveAll();
            return;
        }
        schedule(bus.network.busTime());
    }

    private void schedule(long soonest) {
        lastArrival = Math.max(lastArrival + 1, soonest);
        world.at(lastArrival, () -> bus.host.run(this::arrive));
    }

    private void arrive() {
        Item first = before == null ? items.poll() : null;
        if (first != null) {
            first.arrive.run();
        }
    }

    private void arriveAll() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            while (before == null && !items.isEmpty()) {
                arrive();
            }
        } finally {
            delivering = false;
        }
    }

    // From the instance

    @Override
    public boolean isRelayed() {
        return connection.isRelayed();
    }

    @Override
    public Set<Integer> carries(String cache) {
        return connection.carries(cache);
    }

    @Override
    public long lostMillis() {
        return connection.lostMillis();
    }

    @Override
    public void subscribe(
            String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
        if (bus.tampering.acknowledgesEarly() && !bus.network.isImmediate()) {
            world.after(Times.millis(200), () -> {
                if (!cut) {
                    connection.subscribe(cache, partitions, (done, failure) -> {});
                }
            });
            offer(new Item(() -> reply.accept(true, null), null));
            return;
        }
        request(new Request<>(answer -> connection.subscribe(cache, partitions, answer), reply));
    }

    @Override
    public void position(
            String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
        request(new Request<>(answer -> connection.position(cache, partitions, answer), reply));
    }

    @Override
    public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
        bus.tampering.heartbeat(this, reply);
    }

    /** As it is meant. */
    void beat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
        request(new Request<>(connection::heartbeat, reply));
    }

    boolean isDemoted() {
        return demoted;
    }

    boolean isCut() {
        return cut;
    }

    /** A request on another connection than this one: its answer does not wait for what is on its way here. */
    void beatBeside(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
        if (cut || demoted || bus.network.isImmediate()) {
            beat(reply);
        } else {
            connection.heartbeat((history, failure) ->
                    world.after(Times.millis(1), () -> bus.host.run(() -> reply.accept(history, failure))));
        }
    }

    private void request(Request<?> request) {
        unsent.add(request);
        if (bus.network.isImmediate()) {
            request.send();
            return;
        }
        lastRequest = Math.max(lastRequest + 1, bus.network.busTime());
        world.at(lastRequest, request::send);
    }

    /** By the instance, which need not wait for anybody. */
    @Override
    public void reset() {
        if (ended) {
            return;
        }
        world.trace.note(world.now(), bus.host.number(), Trace.NO_KEY, "connection reset", 0);
        boolean wasCut = cut;
        cut = true;
        lastArrival = 0;
        loseFrom(0);
        items.add(new Item(this::disconnected, null));
        world.after(Times.micros(1), () -> bus.host.run(this::arriveAll));
        if (!wasCut) {
            connection.reset();
        }
    }

    @Override
    public String toString() {
        return "slow " + connection;
    }
}
