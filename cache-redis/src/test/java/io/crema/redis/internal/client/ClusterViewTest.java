package io.crema.redis.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterViewTest {

    private static final String NODES = """
            07c3 :30004@31004 myself,master - 0 1426238317239 4 connected 0-5460 [93->-292f] [77-<-e7d1]
            67ed 127.0.0.1:30002@31002,host-2 master - 0 1426238316232 2 connected 5461-9999 10923
            292f 127.0.0.1:30003@31003 master,fail - 0 1426238318243 3 disconnected 10924-16383
            6ec2 127.0.0.1:30005@31005 slave 67ed 0 1426238316232 5 connected
            824f 127.0.0.1:30006@31006 master - 0 1426238317741 6 connected
            e7d1 :0@0 master,noaddr - 1426238316232 1426238316232 7 disconnected
            """;

    private final ClusterView view = ClusterView.parse(NODES, "contacted", ClusterViewTest::node);

    @Test
    void parse_ranges_haveTheirOwners() {
        assertThat(view.ownerOf(0)).isEqualTo(node("contacted", 30004));
        assertThat(view.ownerOf(5460)).isEqualTo(node("contacted", 30004));
        assertThat(view.ownerOf(5461)).isEqualTo(node("127.0.0.1", 30002));
        assertThat(view.ownerOf(10923)).isEqualTo(node("127.0.0.1", 30002));
        assertThat(view.ownerOf(16383)).isEqualTo(node("127.0.0.1", 30003));
        assertThat(view.ownerOf(10000)).isNull();
    }

    @Test
    void parse_nodes_primariesHaveSlotsAndMembersNeedNot() {
        Set<Node> primaries = Set.of(node("contacted", 30004), node("127.0.0.1", 30002), node("127.0.0.1", 30003));
        assertThat(view.primaries()).isEqualTo(primaries);
        assertThat(view.members())
                .containsAll(primaries)
                .contains(node("127.0.0.1", 30006))
                .hasSize(4);
    }

    @Test
    void parse_slotsOnTheirWay_onlyThoseThatLeaveTheNode() {
        assertThat(view.leaving().stream()).containsExactly(93);
    }

    @Test
    void with_otherOwner_changesOneSlot() {
        Node owner = node("127.0.0.1", 30007);
        ClusterView changed = view.with(5, owner);
        assertThat(changed.ownerOf(5)).isEqualTo(owner);
        assertThat(changed.ownerOf(4)).isEqualTo(view.ownerOf(4));
        assertThat(changed.primaries()).contains(owner);
        assertThat(changed.members()).contains(owner);
        assertThat(changed.hasOwnersOf(view)).isFalse();
        assertThat(ClusterView.parse(NODES, "contacted", ClusterViewTest::node).hasOwnersOf(view))
                .isTrue();
    }

    private static Node node(String host, int port) {
        return new Node(host + ":" + port, RedisURI.create(host, port));
    }
}
