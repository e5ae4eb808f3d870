package io.crema.simulation;

import java.util.Arrays;
import java.util.List;

/** What goes wrong in a round. */
enum Fault {
    NOTHING,
    BUS_HELD,
    BUS_CUT,
    BUS_BLIP,
    MESSAGES_LOST,
    MESSAGES_REPEATED,
    COMMANDS_LOST,
    COMMANDS_HELD,
    COMMANDS_REFUSED,
    OFFLINE,
    SLOW,
    PARTITIONS_MOVED,
    STOPPED,
    KILLED,
    JOINED,
    UNREADABLE,
    /** As after a failover that loses nothing. */
    OTHER_HISTORY,
    FAILOVER,
    /** The old primary stays for some, as a replica. */
    DEMOTION,
    RESTART,
    ROLLBACK,
    FLUSH,
    CLOCK_LOST,
    RECORD_LOST,
    TAG_LOST,
    /** To data of more than half a minute ago. */
    LATE_FAILOVER,
    LATE_ROLLBACK;

    static List<Fault> possible(int primaries, boolean relayed, boolean strict) {
        return Arrays.stream(values())
                .filter(fault -> switch (fault) {
                    case PARTITIONS_MOVED -> primaries > 1;
                    case MESSAGES_LOST -> relayed;
                    case STOPPED -> strict;
                    default -> true;
                })
                .toList();
    }

    /** Whether what was acknowledged may be forgotten. */
    boolean losesData() {
        return switch (this) {
            case FAILOVER, DEMOTION, RESTART, ROLLBACK, FLUSH, RECORD_LOST, LATE_FAILOVER, LATE_ROLLBACK -> true;
            default -> false;
        };
    }

    /** Whether the server, or the data, is set back to what was. */
    boolean goesBack() {
        return switch (this) {
            case FAILOVER, DEMOTION, ROLLBACK, LATE_FAILOVER, LATE_ROLLBACK -> true;
            default -> false;
        };
    }

    boolean isLate() {
        return this == LATE_FAILOVER || this == LATE_ROLLBACK;
    }

    /** How long it may take until the instances know and have repaired what it left. */
    long detectionNanos() {
        return switch (this) {
            case FAILOVER, LATE_FAILOVER, RESTART -> Times.millis(1500);
            case DEMOTION -> Times.millis(2500);
            // Nothing tells but the clocks, which are compared every five seconds.
            case ROLLBACK, LATE_ROLLBACK -> Times.millis(6500);
            default -> 0;
        };
    }
}
