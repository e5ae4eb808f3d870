package io.crema.redis.internal.client;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The cluster as one of its nodes sees it, from {@code CLUSTER NODES}. Immutable. */
public final class ClusterView {

    static final ClusterView EMPTY = new ClusterView(new @Nullable Node[Topology.SLOTS], Set.of(), new BitSet());

    private static final int ADDRESS = 1;
    private static final int FLAGS = 2;
    private static final int FIRST_SLOTS = 8;

    private final @Nullable Node[] owners;
    private final Set<Node> primaries;
    private final Set<Node> members;
    private final BitSet leaving;

    private ClusterView(@Nullable Node[] owners, Set<Node> members, BitSet leaving) {
        this.owners = owners;
        this.leaving = leaving;
        Set<Node> withSlots = new HashSet<>();
        for (Node owner : owners) {
            if (owner != null) {
                withSlots.add(owner);
            }
        }
        primaries = Set.copyOf(withSlots);
        Set<Node> all = new HashSet<>(members);
        all.addAll(withSlots);
        this.members = Set.copyOf(all);
    }

    /**
     * Reads lines as {@code id host:port@bus[,name] flag,flag primary ping pong epoch link [slot|from-to|[moving]]...}.
     *
     * @param contacted the host of the node that was asked, which need not know its own address
     * @param nodes makes a node from its host and port
     */
    public static ClusterView parse(String text, String contacted, BiFunction<String, Integer, Node> nodes) {
        @Nullable Node[] owners = new @Nullable Node[Topology.SLOTS];
        Set<Node> members = new HashSet<>();
        BitSet leaving = new BitSet();
        for (String line : text.split("\n")) {
            String[] words = line.strip().split(" ");
            if (words.length < FIRST_SLOTS) {
                continue;
            }
            List<String> flags = List.of(words[FLAGS].split(","));
            if (!flags.contains("master") || flags.contains("noaddr") || flags.contains("handshake")) {
                continue;
            }
            Node node = address(words[ADDRESS], contacted, nodes);
            members.add(node);
            for (int i = FIRST_SLOTS; i < words.length; i++) {
                addSlots(words[i], node, owners, leaving);
            }
        }
        return new ClusterView(owners, members, leaving);
    }

    private static Node address(String word, String contacted, BiFunction<String, Integer, Node> nodes) {
        int at = word.indexOf('@');
        String place = at < 0 ? word : word.substring(0, at);
        int colon = place.lastIndexOf(':');
        String host = place.substring(0, colon);
        return nodes.apply(host.isEmpty() ? contacted : host, Integer.parseInt(place.substring(colon + 1)));
    }

    /** A slot, a range, or {@code [slot->-node]} for one that is being moved away from the node that was asked. */
    private static void addSlots(String word, Node node, @Nullable Node[] owners, BitSet leaving) {
        if (word.startsWith("[")) {
            int arrow = word.indexOf("->-");
            if (arrow > 0) {
                leaving.set(Integer.parseInt(word.substring(1, arrow)));
            }
            return;
        }
        int dash = word.indexOf('-');
        int from = Integer.parseInt(dash < 0 ? word : word.substring(0, dash));
        int to = dash < 0 ? from : Integer.parseInt(word.substring(dash + 1));
        Arrays.fill(owners, from, to + 1, node);
    }

    /** The same, but for the owner of one slot. */
    ClusterView with(int slot, Node owner) {
        @Nullable Node[] changed = owners.clone();
        changed[slot] = owner;
        return new ClusterView(changed, members, leaving);
    }

    public @Nullable Node ownerOf(int slot) {
        return owners[slot];
    }

    /** Those that have slots. */
    Set<Node> primaries() {
        return primaries;
    }

    /** The primaries, those without slots included. */
    Set<Node> members() {
        return members;
    }

    /** The slots that are being moved away from the node that was asked. */
    public BitSet leaving() {
        return (BitSet) leaving.clone();
    }

    boolean hasOwnersOf(ClusterView other) {
        return Arrays.equals(owners, other.owners) && members.equals(other.members);
    }
}
