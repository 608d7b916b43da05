package io.crs.image.registry;

import io.crs.image.Digest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an image in a registry: {@code registry/repository:tag} or {@code registry/repository@digest}.
 *
 * @param registry the registry's host, with its port where it is not the usual one
 * @param repository the repository in it
 * @param tag the tag; none where only the digest names the image
 * @param digest the digest of the manifest; where there is one, the tag is not looked at
 */
public record Reference(String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
    private static final String DEFAULT_REGISTRY = "docker.io";
    private static final String DEFAULT_REGISTRY_HOST = "registry-1.docker.io";
    private static final String DEFAULT_NAMESPACE = "library/";
    private static final int LONGEST_REPOSITORY = 255;
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
    private static final Pattern REPOSITORY =
            Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    /**
     * Checks each part by the grammar of the distribution API.
     *
     * @throws IllegalArgumentException if one is not a name of its kind
     */
    public Reference {
        if (!HOST.matcher(registry).matches()) {
            throw new IllegalArgumentException("\"" + registry + "\" is not the host of a registry");
        }
        if (repository.length() > LONGEST_REPOSITORY
                || !REPOSITORY.matcher(repository).matches()) {
            throw new IllegalArgumentException("\"" + repository + "\" is not a repository: its parts are lower-case"
                    + " letters and digits, with single dots, underscores or hyphens between them");
        }
        tag.filter(text -> !TAG.matcher(text).matches()).ifPresent(text -> {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a tag: at most 128 letters, digits, dots," + " underscores and hyphens");
        });
        if (tag.isEmpty() && digest.isEmpty()) {
            throw new IllegalArgumentException("an image of " + repository + " needs a tag or a digest");
        }
    }

    /**
     * Reads a name as Docker's tools do: without a registry it is one of Docker Hub, and without tag and digest it is the
     * tag {@code latest}.
     *
     * @throws IllegalArgumentException if it is no such name
     */
    public static Reference parse(String text) {
        String rest = text;
        Optional<Digest> digest = Optional.empty();
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = Optional.of(Digest.parse(rest.substring(at + 1)));
            rest = rest.substring(0, at);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = Optional.of(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        } else if (digest.isEmpty()) {
            tag = Optional.of("latest");
        }
        int slash = rest.indexOf('/');
        String first = slash < 0 ? "" : rest.substring(0, slash);
        if (first.isEmpty() || !isHost(first)) {
            return new Reference(DEFAULT_REGISTRY, slash < 0 ? DEFAULT_NAMESPACE + rest : rest, tag, digest);
        }
        String repository = rest.substring(slash + 1);
        if (first.equals(DEFAULT_REGISTRY) || first.equals("index." + DEFAULT_REGISTRY)) {
            return new Reference(
                    DEFAULT_REGISTRY,
                    repository.indexOf('/') < 0 ? DEFAULT_NAMESPACE + repository : repository,
                    tag,
                    digest);
        }
        return new Reference(first, repository, tag, digest);
    }

    private static boolean isHost(String first) {
        return first.equals("localhost") || first.indexOf('.') >= 0 || first.indexOf(':') >= 0;
    }

    /** Returns the host that answers for a registry, which is another one for Docker Hub. */
    static String host(String registry) {
        return registry.equals(DEFAULT_REGISTRY) ? DEFAULT_REGISTRY_HOST : registry;
    }

    /** Returns {@code registry/repository}. */
    public String name() {
        return registry + "/" + repository;
    }

    /** Returns what names the manifest within the repository: the digest, else the tag. */
    public String manifest() {
        return digest.map(Digest::toString).or(() -> tag).orElseThrow();
    }

    /** Returns the whole name, with its registry. */
    @Override
    public String toString() {
        return name()
                + tag.map(text -> ":" + text).orElse("")
                + digest.map(each -> "@" + each).orElse("");
    }
}
