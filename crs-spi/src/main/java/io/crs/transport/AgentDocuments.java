package io.crs.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crs.agent.AgentConfiguration;
import io.crs.agent.AgentRegistration;
import io.crs.agent.AgentRoster;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The JSON documents of the protocol. */
final class AgentDocuments {
    private static final int DEEPEST = 8;
    private static final Set<String> REGISTRATION =
            Set.of("containerSha", "imageSha", "hostname", "platform", "agentVersion", "coverage");

    private static final JsonMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .build();

    private AgentDocuments() {}

    /** A line that was not taken, by its number in the body, from 1. */
    record Rejected(long line, String reason) {}

    private static JsonNode object(byte[] body) throws HttpProblem {
        try {
            JsonNode root = JSON.readTree(body);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (IOException e) {
            throw new HttpProblem(400, "the body is no JSON");
        }
        throw new HttpProblem(400, "the body is no JSON object");
    }

    static AgentRegistration registration(byte[] body) throws HttpProblem {
        JsonNode root = object(body);
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!REGISTRATION.contains(field.getKey())) {
                throw new HttpProblem(400, "there is a field that a registration does not have");
            }
        }
        try {
            return new AgentRegistration(
                    text(root, "containerSha"),
                    text(root, "imageSha"),
                    text(root, "hostname").orElse(""),
                    text(root, "platform").orElse(""),
                    text(root, "agentVersion").orElse(""),
                    coverage(root.path("coverage")));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, e.getMessage() == null ? "the registration is not sound" : e.getMessage());
        }
    }

    private static Optional<String> text(JsonNode root, String name) throws HttpProblem {
        JsonNode value = root.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new HttpProblem(400, name + " is a string");
        }
        return Optional.of(value.textValue());
    }

    private static Map<String, String> coverage(JsonNode value) throws HttpProblem {
        if (value.isMissingNode() || value.isNull()) {
            return Map.of();
        }
        if (!value.isObject()) {
            throw new HttpProblem(400, "coverage is an object");
        }
        Map<String, String> coverage = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            if (!field.getValue().isValueNode()) {
                throw new HttpProblem(400, "what coverage tells is a string, a number or a boolean");
            }
            coverage.put(field.getKey(), field.getValue().asText());
        }
        return coverage;
    }

    static long generation(byte[] body) throws HttpProblem {
        JsonNode value = object(body).path("generation");
        if (!value.canConvertToExactIntegral() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new HttpProblem(400, "generation is a number that is not negative");
        }
        return value.longValue();
    }

    static byte[] enrolled(String agentId, String token) {
        return bytes(JSON.createObjectNode().put("agentId", agentId).put("token", token));
    }

    static byte[] assignment(AgentRoster.Assignment assignment, String base) {
        AgentConfiguration configuration = assignment.configuration();
        ObjectNode document = JSON.createObjectNode().put("generation", assignment.generation());
        configuration.policyId().ifPresent(id -> document.put("policyId", id));
        configuration.policyMode().ifPresent(mode -> document.put("policyMode", mode));
        configuration.logMode().ifPresent(mode -> document.put("logMode", mode));
        if (!configuration.tables().isEmpty()) {
            ObjectNode tables = document.putObject("tables");
            configuration.tables().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(table -> tables.put(
                            table.getKey().id(),
                            base + "/tables/" + table.getValue().digest()));
        }
        return bytes(document.put("passive", configuration.passive()));
    }

    static byte[] taken(long durableSeq, List<Rejected> rejected) {
        ObjectNode document = JSON.createObjectNode().put("durableSeq", durableSeq);
        ArrayNode lines = document.putArray("rejected");
        rejected.forEach(line -> lines.addObject().put("line", line.line()).put("reason", line.reason()));
        return bytes(document);
    }

    static byte[] problem(HttpProblem problem) {
        return bytes(JSON.createObjectNode()
                .put("type", "about:blank")
                .put("title", problem.title())
                .put("status", problem.status())
                .put("detail", problem.detail()));
    }

    private static byte[] bytes(ObjectNode document) {
        try {
            return JSON.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
