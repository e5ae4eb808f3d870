package io.crema.benchmarks;

import io.crema.benchmarks.Bar.AtLeast;
import io.crema.benchmarks.Bar.AtMost;
import io.crema.benchmarks.Bar.BytesBelow;
import io.crema.benchmarks.Bar.RatioAtLeast;
import io.crema.benchmarks.Bar.RatioAtMost;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is measured, in this order. */
enum Suite {
    L1_HIT(
            Kind.HIT,
            0,
            List.of(
                    Competitor.of("crema", L1Hit.class, "crema", 1, 2),
                    Competitor.of("caffeine-plain", L1Hit.class, "caffeinePlain", 1, 2),
                    Competitor.of("caffeine-expireAfterWrite", L1Hit.class, "caffeineExpireAfterWrite", 1, 2),
                    Competitor.of("crema-near-only", L1Hit.class, "cremaNearOnly", 1)),
            Pairing.CREMA_BY_OTHERS,
            List.of()),
    L1_TAGGED(
            Kind.HIT,
            0,
            List.of(
                    Competitor.of("untagged", L1Tagged.class, "untagged", 1, 2),
                    Competitor.of("tags-1", L1Tagged.class, "oneTag", 1, 2),
                    Competitor.of("tags-3", L1Tagged.class, "threeTags", 1, 2)),
            Pairing.TAGGED_BY_UNTAGGED,
            List.of(
                    Bar.of("tags-1", new RatioAtMost(Figure.TIME, "untagged", 1.15)),
                    Bar.of("tags-3", new RatioAtMost(Figure.TIME, "untagged", 1.15)))),
    L1_POLICIES(
            Kind.POLICIES,
            0,
            List.of(
                    Competitor.of("off", L1Policies.class, "off", 1),
                    Competitor.of("on", L1Policies.class, "on", 1),
                    Competitor.of("on-claimed", L1Policies.class, "onClaimed", 1),
                    Competitor.of("caffeine-plain", L1Policies.class, "caffeinePlain", 1)),
            Pairing.ALL_BY_OFF,
            List.of(
                    Bar.of("on", new RatioAtMost(Figure.TIME, "off", 1.1)),
                    Bar.of("on", new BytesBelow(1)),
                    Bar.of("on-claimed", new RatioAtMost(Figure.TIME, "off", 1.1)),
                    Bar.of("on-claimed", new BytesBelow(1)))),
    LOADS(
            Kind.HIT,
            0,
            List.of(
                    Competitor.of("off", Loads.class, "off", 1),
                    Competitor.of("on", Loads.class, "on", 1),
                    Competitor.of("on-without-timeouts", Loads.class, "onWithoutTimeouts", 1),
                    Competitor.of("caffeine-get", Loads.class, "caffeineGet", 1),
                    Competitor.of("caffeine-async", Loads.class, "caffeineAsync", 1),
                    Competitor.of("stale-hit", L1Policies.class, "onStale", 1),
                    Competitor.of("due-look-up", L1Policies.class, "onDueLookUp", 1)),
            Pairing.NONE,
            List.of()),
    L2_HIT(
            Kind.HIT,
            L2Hit.VALUE_BYTES,
            List.of(
                    Competitor.of("crema", L2Hit.class, "crema", 1, 16),
                    Competitor.of("lettuce-get", L2Hit.class, "lettuceGet", 1, 16)),
            Pairing.CREMA_BY_OTHERS,
            List.of()),
    PUT(
            Kind.WRITE,
            L2Hit.VALUE_BYTES,
            List.of(
                    Competitor.of("crema", Writes.class, "putCrema", 1),
                    Competitor.of("lettuce-set-publish", Writes.class, "putLettuceSetPublish", 1),
                    Competitor.of("lettuce-evalsha", Writes.class, "putLettuceEvalsha", 1)),
            Pairing.CREMA_BY_OTHERS,
            List.of()),
    INVALIDATE(
            Kind.WRITE,
            0,
            List.of(
                    Competitor.of("crema", Writes.class, "invalidateCrema", 1, 16),
                    Competitor.of("lettuce-set-publish", Writes.class, "invalidateLettuceSetPublish", 1, 16),
                    Competitor.of("lettuce-del-publish", Writes.class, "invalidateLettuceDelPublish", 1),
                    Competitor.of("lettuce-evalsha", Writes.class, "invalidateLettuceEvalsha", 1)),
            Pairing.CREMA_BY_OTHERS,
            List.of(Bar.of("crema", new RatioAtMost(Figure.TIME, "lettuce-set-publish", 1.5)))),
    ROUND_TRIPS(
            Kind.PROBE,
            0,
            List.of(
                    Competitor.of("crema", RoundTrips.OfCrema.class),
                    Competitor.of("lettuce-set-publish", RoundTrips.OfLettuce.class)),
            Pairing.NONE,
            List.of(
                    Bar.of("crema", new AtMost(Figure.EVALSHA, 1.01)),
                    Bar.of("crema", new AtMost(Figure.READS, 1.05)))),
    WRITE_CALLS(
            Kind.WRITE,
            L2Hit.VALUE_BYTES,
            List.of(
                    Competitor.of("none", WriteCalls.class, "none", 1, 16),
                    Competitor.of("through", WriteCalls.class, "through", 1, 16),
                    Competitor.of("around", WriteCalls.class, "around", 1, 16),
                    Competitor.of("behind", WriteCalls.class, "behind", 1, 16),
                    Competitor.of("redisson-through", WriteCalls.class, "redissonThrough", 1, 16),
                    Competitor.of("redisson-behind", WriteCalls.class, "redissonBehind", 1, 16)),
            Pairing.WRITE_POLICIES,
            List.of(Bar.of("behind", new RatioAtMost(Figure.TIME, "none", 1.5)))),
    WRITE_RATE(
            Kind.PROBE,
            L2Hit.VALUE_BYTES,
            List.of(
                    Competitor.probe("through", WriteRate.Through.class, 1, 16),
                    Competitor.probe("behind", WriteRate.Behind.class, 1, 16),
                    Competitor.probe("redisson-behind", WriteRate.RedissonBehind.class, 1, 16),
                    Competitor.probe("jdbc-batches", WriteRate.JdbcBatches.class, 16),
                    Competitor.probe("behind-zipf", WriteRate.BehindZipf.class, 16)),
            Pairing.WRITE_POLICIES,
            List.of(
                    Bar.of("behind", new RatioAtLeast(Figure.RATE, "through", 5)),
                    // One caller waits for Redis only, and each of the two writes whatever it puts.
                    Bar.of("behind", new RatioAtLeast(Figure.RATE, "redisson-behind", 2))
                            .onlyWith(16))),
    CLEAR_COST(
            Kind.WRITE,
            Filled.VALUE_BYTES,
            List.of(
                    Competitor.of("far-1000", ClearCost.class, "farThousand", 1),
                    Competitor.of("far-1000000", ClearCost.class, "farMillion", 1),
                    Competitor.of("near-1000", ClearCost.class, "nearThousand", 1),
                    Competitor.of("near-1000000", ClearCost.class, "nearMillion", 1)),
            Pairing.MILLION_BY_THOUSAND,
            List.of(
                    Bar.of("far-1000000", new RatioAtMost(Figure.TIME, "far-1000", 1.5)),
                    Bar.of("near-1000000", new RatioAtMost(Figure.TIME, "near-1000", 1.5)))),
    TAG_COST(
            Kind.WRITE,
            Filled.VALUE_BYTES,
            List.of(
                    Competitor.of("far-1000", TagCost.class, "farThousand", 1),
                    Competitor.of("far-1000000", TagCost.class, "farMillion", 1),
                    Competitor.of("near-1000", TagCost.class, "nearThousand", 1),
                    Competitor.of("near-1000000", TagCost.class, "nearMillion", 1)),
            Pairing.MILLION_BY_THOUSAND,
            List.of(
                    Bar.of("far-1000000", new RatioAtMost(Figure.TIME, "far-1000", 1.5)),
                    Bar.of("near-1000000", new RatioAtMost(Figure.TIME, "near-1000", 1.5)))),
    PROPAGATION(
            Kind.PROBE,
            0,
            List.of(
                    Competitor.of("crema", Propagation.OfCrema.class),
                    Competitor.of("lettuce-publish", Propagation.OfLettuce.class)),
            Pairing.CREMA_BY_OTHERS,
            List.of(Bar.of("crema", new AtMost(Figure.P99, 5_000), new RatioAtMost(Figure.P99, "lettuce-publish", 2)))),
    RECONNECT(
            Kind.PROBE,
            0,
            List.of(
                    Competitor.of("crema", Reconnect.Quiet.class),
                    Competitor.of("control-one-key-written", Reconnect.Written.class)),
            Pairing.NONE,
            List.of(
                    Bar.of("crema", new AtLeast(Figure.KEPT, 99)),
                    Bar.of("crema", new AtMost(Figure.STALE, 0)),
                    Bar.of("control-one-key-written", new AtMost(Figure.STALE, 0))));

    /** How often a suite is measured. */
    enum Kind {
        HIT,
        /** A hit whose bar is so close that it takes at least ten rounds. */
        POLICIES,
        WRITE,
        /** Each competitor is a probe. */
        PROBE
    }

    /** Which competitors are set beside which. */
    enum Pairing {
        CREMA_BY_OTHERS {
            @Override
            boolean pairs(String competitor, String by) {
                return competitor.equals("crema") && !by.equals("crema");
            }
        },
        ALL_BY_OFF {
            @Override
            boolean pairs(String competitor, String by) {
                return by.equals("off") && !competitor.equals(by);
            }
        },
        MILLION_BY_THOUSAND {
            @Override
            boolean pairs(String competitor, String by) {
                return by.endsWith("-1000") && competitor.equals(by + "000");
            }
        },
        WRITE_POLICIES {
            @Override
            boolean pairs(String competitor, String by) {
                return by.equals("none") && !competitor.equals(by)
                        || by.equals("redisson-" + competitor)
                        || competitor.equals("behind") && (by.equals("through") || by.equals("jdbc-batches"));
            }
        },
        TAGGED_BY_UNTAGGED {
            @Override
            boolean pairs(String competitor, String by) {
                return by.equals("untagged") && !competitor.equals(by);
            }
        },
        NONE {
            @Override
            boolean pairs(String competitor, String by) {
                return false;
            }
        };

        abstract boolean pairs(String competitor, String by);
    }

    final Kind kind;

    /** The size of a value; 0 where it does not matter. */
    final int valueBytes;

    final List<Competitor> competitors;
    final Pairing pairing;
    final List<Bar> bars;

    Suite(Kind kind, int valueBytes, List<Competitor> competitors, Pairing pairing, List<Bar> bars) {
        this.kind = kind;
        this.valueBytes = valueBytes;
        this.competitors = competitors;
        this.pairing = pairing;
        this.bars = bars;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether there must be a database beside Redis. */
    boolean needsDatabase() {
        return this == WRITE_CALLS || this == WRITE_RATE;
    }

    Set<Integer> threadCounts() {
        return competitors.stream()
                .flatMap(competitor -> competitor.threads().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static Suite of(String label) {
        return Arrays.stream(values())
                .filter(suite -> suite.label().equals(label))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("There is no suite '" + label + "', only "
                        + Arrays.stream(values()).map(Suite::label).collect(Collectors.joining(", "))));
    }
}
