package io.crs.image.daemon;

import io.crs.image.format.Json;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an engine answers to an archive it was given: a sequence of JSON documents, of which any may be an error although
 * the status was that of success.
 *
 * @param error what went wrong
 * @param image the identifier, or else the name, of the image that was loaded
 */
record LoadAnswer(Optional<String> error, Optional<String> image) {
    private static final Pattern LOADED = Pattern.compile("Loaded image(?:\\(s\\))?(?: ID)?: *([A-Za-z0-9@:./_-]+)");

    static LoadAnswer of(List<Json> documents) {
        Optional<String> error = Optional.empty();
        Optional<String> image = Optional.empty();
        for (Json document : documents) {
            Optional<String> told = document.get("errorDetail")
                    .flatMap(detail -> detail.text("message"))
                    .or(() -> document.text("error"));
            error = error.isPresent() ? error : told;
            Matcher loaded = LOADED.matcher(document.text("stream").orElse(""));
            image = loaded.find() ? Optional.of(loaded.group(1)) : image;
        }
        return new LoadAnswer(error, image);
    }
}
