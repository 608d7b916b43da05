package io.crs.image.registry;

import io.crs.image.InvalidImageException;
import io.crs.image.format.Json;
import io.crs.image.format.Limits;
import io.crs.image.format.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list that a registry gives page by page.
 *
 * @param client the registry
 * @param path of the first page
 * @param member of the answer that holds the list
 * @param scope what the client must be allowed
 * @param what what is listed, for messages
 */
record Listing(RegistryClient client, String path, String member, Scope scope, String what) {
    private static final int PAGE = 1_000;
    private static final int MOST = 1_000_000;
    private static final Pattern NEXT =
            Pattern.compile("<([^>]*)>\\s*;[^,]*\\brel=\"?next\"?", Pattern.CASE_INSENSITIVE);

    /** Returns all of it. */
    List<String> all() throws IOException {
        List<String> all = new ArrayList<>();
        Optional<String> next = Optional.of(path + "?n=" + PAGE);
        while (next.isPresent()) {
            Call call = Call.get(next.get(), scope, what);
            try (Answer answer = client.success(call)) {
                int before = all.size();
                all.addAll(page(answer));
                next = all.size() == before ? Optional.empty() : next(answer);
            }
            if (all.size() > MOST) {
                throw new InvalidImageException(what + ": the registry lists more than " + MOST + " names");
            }
        }
        return all;
    }

    private List<String> page(Answer answer) throws IOException {
        try {
            return Json.parse(answer.bytes(Limits.MANIFEST_BYTES, "the list of " + what), "the list of " + what)
                    .texts(member);
        } catch (MalformedException e) {
            throw new InvalidImageException(String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<String> next(Answer answer) throws IOException {
        for (String header : answer.headers().allValues("Link")) {
            Matcher matcher = NEXT.matcher(header);
            if (matcher.find()) {
                return Optional.of(
                        client.resolve(answer, matcher.group(1), "next page").toString());
            }
        }
        return Optional.empty();
    }
}
