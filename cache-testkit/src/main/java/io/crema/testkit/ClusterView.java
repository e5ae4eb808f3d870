package io.crema.testkit;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** The cluster as one of its nodes sees it. */
record ClusterView(List<Member> members) {

    static ClusterView of(EmbeddedRedis node) throws IOException {
        return new ClusterView(
                node.call("CLUSTER", "NODES").get(0).lines().map(Member::parse).toList());
    }

    Member self() {
        return members.stream()
                .filter(member -> member.is("myself"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("A node does not list itself: " + members));
    }

    Optional<Member> ownerOf(int slot) {
        return members.stream().filter(member -> member.slots().get(slot)).findFirst();
    }

    Member member(String id) {
        return members.stream()
                .filter(member -> member.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No node " + id + " among " + members));
    }

    /** Grows with each change of an owner. */
    long epoch() {
        return members.stream().mapToLong(Member::epoch).max().orElse(0);
    }

    int slotsServed() {
        return members.stream().mapToInt(member -> member.slots().cardinality()).sum();
    }

    /**
     * One line of {@code CLUSTER NODES}.
     *
     * @param primary the id of the node that this one copies, {@code -} for none
     */
    record Member(String id, int port, List<String> flags, String primary, long epoch, String link, BitSet slots) {

        private static final int EPOCH = 6;
        private static final int LINK = 7;
        private static final int FIRST_SLOTS = 8;

        /** As {@code id host:port@bus[,name] flag,flag primary ping pong epoch link [slot|from-to|[moving]]...}. */
        static Member parse(String line) {
            String[] words = line.split(" ");
            BitSet slots = new BitSet();
            for (int i = FIRST_SLOTS; i < words.length; i++) {
                if (!words[i].startsWith("[")) {
                    String[] range = words[i].split("-");
                    slots.set(Integer.parseInt(range[0]), Integer.parseInt(range[range.length - 1]) + 1);
                }
            }
            String address = words[1].substring(0, words[1].indexOf('@'));
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            return new Member(
                    words[0],
                    port,
                    List.of(words[2].split(",")),
                    words[3],
                    Long.parseLong(words[EPOCH]),
                    words[LINK],
                    slots);
        }

        /** Not yet met, or not linked, or suspected to be down, or agreed to be. */
        boolean isDoubtful() {
            return is("handshake") || is("fail?") || is("fail") || !link.equals("connected");
        }

        boolean is(String flag) {
            return flags.contains(flag);
        }
    }
}
