package io.crema.redis.codec;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Classes as services cache them. */
final class Samples {

    private Samples() {}

    enum Status {
        NEW,
        PAID {
            @Override
            public String toString() {
                return "paid in full";
            }
        }
    }

    record Line(long productId, String name, int quantity, BigDecimal price) {}

    record Order(
            long id, @Nullable String customer, Status status, Instant at, List<Line> lines, Map<String, ?> notes) {}

    record Point(int x, int y) {}

    record Empty() {}

    record Primitives(boolean z, byte b, char c, short s, int i, long j, float f, double d) {}

    record Page<T>(List<T> items, Optional<T> next) {}

    record Percent(int value) {
        Percent {
            if (value < 0 || value > 100) {
                throw new IllegalArgumentException("Not a percentage: " + value);
            }
        }
    }

    sealed interface Form permits Circle, Box {}

    record Circle(double radius) implements Form {}

    sealed interface Box extends Form permits Square {}

    record Square(double side) implements Box {}

    /** No constructor without parameters, final and transient fields, and a field that hides another. */
    static class Account {

        private final String owner;
        private final long id;
        private int age;
        private transient String cached = "";

        Account(String owner, long id, int age) {
            this.owner = owner;
            this.id = id;
            this.age = age;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Account that
                    && that.getClass() == getClass()
                    && that.owner.equals(owner)
                    && that.id == id
                    && that.age == age;
        }

        @Override
        public int hashCode() {
            return Objects.hash(owner, id, age);
        }

        @Nullable
        String cached() {
            return cached;
        }
    }

    static final class PremiumAccount extends Account {

        private final long id;

        PremiumAccount(String owner, long id, int age, long premiumId) {
            super(owner, id, age);
            this.id = premiumId;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return super.equals(other) && other instanceof PremiumAccount that && that.id == id;
        }

        @Override
        public int hashCode() {
            return 31 * super.hashCode() + Long.hashCode(id);
        }
    }

    /** A graph that may be given a cycle. */
    static final class Node {
        @Nullable
        Node next;
    }

    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        public Names() {}
    }

    static Order order(int lineCount) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < lineCount; i++) {
            lines.add(new Line(1000L + i, "Product " + i, i + 1, new BigDecimal("19.9" + i)));
        }
        return new Order(
                77,
                "Ada",
                Status.PAID,
                Instant.parse("2024-02-29T12:30:45.123456789Z"),
                lines,
                new HashMap<>(Map.of("gift", true, "weights", List.of(1, 2L, 3.0))));
    }

    static KryoCodec<Order> orderCodec() {
        return KryoCodec.of(Order.class, Line.class, Status.class);
    }
}
