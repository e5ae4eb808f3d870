package io.crema.coherence.peers;

import io.crema.coherence.Setting;
import io.lettuce.core.internal.HostAndPort;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.MappingSocketAddressResolver;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.redisson.config.HostPortNatMapper;
import org.redisson.config.NatMapper;

/** Brings the clients to the proxies of the servers, whatever address of a server they have learned. */
final class Proxies {

    private static final String LOOPBACK = "127.0.0.1";

    private Proxies() {}

    static ClientResources lettuce(Setting setting) {
        Map<Integer, Integer> proxies = setting.proxies();
        Function<HostAndPort, HostAndPort> mapping = server ->
                HostAndPort.of(server.getHostText(), proxies.getOrDefault(server.getPort(), server.getPort()));
        return ClientResources.builder()
                .socketAddressResolver(MappingSocketAddressResolver.create(mapping))
                .build();
    }

    static NatMapper redisson(Setting setting) {
        HostPortNatMapper mapper = new HostPortNatMapper();
        mapper.setHostsPortMap(setting.proxies().entrySet().stream()
                .collect(Collectors.toMap(each -> address(each.getKey()), each -> address(each.getValue()))));
        return mapper;
    }

    /** Redisson does not map the addresses that it is given, only those that it learns. */
    static String redisson(Setting setting, int port) {
        return "redis://" + address(setting.proxies().getOrDefault(port, port));
    }

    private static String address(int port) {
        return LOOPBACK + ":" + port;
    }
}
