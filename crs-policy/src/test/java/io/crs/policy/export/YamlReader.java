package io.crs.policy.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads YAML as any other program would. */
final class YamlReader {
    private YamlReader() {}

    /** The one document of a text, as maps, lists and values. */
    static Object read(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).load(text);
    }

    /** The documents of a text. */
    static List<JsonNode> documents(String text) {
        List<JsonNode> documents = new ArrayList<>();
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        new org.yaml.snakeyaml.Yaml(new SafeConstructor(options))
                .loadAll(text)
                .forEach(document -> documents.add(new ObjectMapper().valueToTree(document)));
        return documents;
    }
}
