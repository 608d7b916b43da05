package io.crs.policy.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.crs.policy.Action;
import io.crs.policy.AddressPattern;
import io.crs.policy.Call;
import io.crs.policy.Endpoint;
import io.crs.policy.IpAddress;

/**
 * What a cluster does under a NetworkPolicy, straight from the YAML, as Kubernetes' page on network policies says: a way
 * that is restricted is closed but for what some rule opens, and a pod always reaches itself.
 */
final class NetworkPolicySimulator implements Simulator {
    private final JsonNode spec;

    NetworkPolicySimulator(String document) {
        spec = YamlReader.documents(document).get(0).get("spec");
    }

    @Override
    public Action effect(Call call) {
        if (!(call.address() instanceof Endpoint.Inet inet) || isLoopback(inet.address())) {
            return Action.ALLOW;
        }
        return switch (call.syscall().operation()) {
            case CONNECT, SEND -> effect(true, inet.address(), call.port().orElseThrow());
            case ACCEPT -> effect(false, inet.address(), call.localPort().orElseThrow());
            default -> Action.ALLOW;
        };
    }

    private static boolean isLoopback(IpAddress address) {
        return address.isIpv4()
                ? address.bytes()[0] == 127
                : address.equals(IpAddress.parse("::1").orElseThrow());
    }

    private Action effect(boolean out, IpAddress address, int port) {
        boolean restricted = false;
        for (JsonNode type : spec.get("policyTypes")) {
            restricted |= type.asText().equals(out ? "Egress" : "Ingress");
        }
        boolean open = !restricted;
        for (JsonNode rule : spec.path(out ? "egress" : "ingress")) {
            JsonNode peers = rule.path(out ? "to" : "from");
            open |= (peers.isMissingNode() || isPeer(peers, address)) && isPort(rule.path("ports"), port);
        }
        return open ? Action.ALLOW : Action.DENY;
    }

    private static boolean isPeer(JsonNode peers, IpAddress address) {
        if (peers.isEmpty()) {
            throw new AssertionError("no peers would mean all of them");
        }
        boolean matches = false;
        for (JsonNode peer : peers) {
            boolean in = isIn(peer.get("ipBlock").get("cidr").asText(), address);
            for (JsonNode except : peer.get("ipBlock").path("except")) {
                in &= !isIn(except.asText(), address);
            }
            matches |= in;
        }
        return matches;
    }

    private static boolean isIn(String block, IpAddress address) {
        return AddressPattern.of(block).matches(address);
    }

    private static boolean isPort(JsonNode ports, int port) {
        boolean matches = ports.isMissingNode();
        for (JsonNode each : ports) {
            int low = each.get("port").asInt();
            matches |= each.get("protocol").asText().equals("TCP")
                    && low <= port
                    && port <= (each.has("endPort") ? each.get("endPort").asInt() : low);
        }
        return matches;
    }
}
