package io.crema.simulation;

/** How one instance's connections to the server are at present. Commands and the bus are disturbed apart. */
final class Network {

    private final World world;

    /** Whether commands are executed in the order in which they were sent, as over one connection. */
    private final boolean ordered;

    /** While an instance is being made, everything passes at once. */
    private boolean immediate;

    private double lostRequests;
    private double lostReplies;
    private double refused;
    private double lostMessages;
    private double repeatedMessages;
    private long commandsHeldUntil;
    private long busHeldUntil;
    private long repliesHeldUntil;
    private long demotedUntil;
    private long lastWordsLostUntil;
    private boolean slow;
    private long lastExecution;

    Network(World world, boolean ordered) {
        this.world = world;
        this.ordered = ordered;
    }

    boolean isImmediate() {
        return immediate;
    }

    void setImmediate(boolean now) {
        immediate = now;
    }

    // Disturbances

    void loseCommands(double requests, double replies, double refusals) {
        lostRequests = requests;
        lostReplies = replies;
        refused = refusals;
    }

    void loseMessages(double lost, double repeated) {
        lostMessages = lost;
        repeatedMessages = repeated;
    }

    void holdCommands(long until) {
        commandsHeldUntil = until;
    }

    void holdReplies(long until) {
        repliesHeldUntil = until;
    }

    /** Nothing that is on its way over a connection survives that. */
    void loseLastWords(long until) {
        lastWordsLostUntil = until;
    }

    boolean losesLastWords() {
        return world.now() < lastWordsLostUntil;
    }

    void holdBus(long until) {
        busHeldUntil = until;
    }

    /** The primary that goes stays reachable as a replica that refuses, and nobody tells this instance. */
    void keepDemoted(long until) {
        demotedUntil = until;
    }

    void slowDown() {
        slow = true;
    }

    void heal() {
        loseCommands(0, 0, 0);
        loseMessages(0, 0);
        commandsHeldUntil = 0;
        busHeldUntil = 0;
        slow = false;
    }

    // What becomes of what is sent

    boolean refuses() {
        return world.chance(refused);
    }

    boolean losesRequest() {
        return world.chance(lostRequests);
    }

    boolean losesReply() {
        return world.chance(lostReplies);
    }

    boolean losesMessage() {
        return world.chance(lostMessages);
    }

    boolean repeatsMessage() {
        return world.chance(repeatedMessages);
    }

    long demotedUntil() {
        return demotedUntil;
    }

    /** When a command that is sent now is executed. */
    long executionTime() {
        long time = Math.max(world.now() + delay(), commandsHeldUntil + world.between(0, Times.millis(1)));
        if (ordered) {
            time = Math.max(time, lastExecution + 1);
            lastExecution = time;
        }
        return time;
    }

    long replyTime() {
        long held = Math.max(commandsHeldUntil, repliesHeldUntil);
        return Math.max(world.now() + delay(), held + world.between(0, Times.millis(1)));
    }

    /** When what comes or goes over the bus now arrives, if nothing is before it. */
    long busTime() {
        return Math.max(world.now() + delay(), busHeldUntil + world.between(0, Times.millis(1)));
    }

    private long delay() {
        int luck = world.below(100);
        if (luck < (slow ? 20 : 85)) {
            return world.between(Times.micros(50), Times.micros(800));
        } else if (luck < 98) {
            return world.between(Times.micros(500), Times.millis(8));
        }
        return world.between(Times.millis(1), Times.millis(60));
    }
}
