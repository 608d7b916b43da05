package io.crs.agent;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The operating system and processor a program is built for, in the words of OCI: {@code linux/amd64},
 * {@code linux/arm64}, {@code linux/arm/v7}.
 *
 * <p>The canonical constructor keeps what it is given, lower-cased; {@link #normalized} makes two spellings of one
 * platform equal.
 *
 * @param os the operating system, such as {@code linux}
 * @param architecture the processor as Go names it, such as {@code amd64}
 * @param variant the variant of the processor, such as {@code v7}
 */
public record Platform(String os, String architecture, Optional<String> variant) {
    /** The platform of most servers: {@code linux/amd64}. */
    public static final Platform LINUX_AMD64 = new Platform("linux", "amd64", Optional.empty());

    /** {@code linux/arm64}, whose only variant in use is {@code v8}. */
    public static final Platform LINUX_ARM64 = new Platform("linux", "arm64", Optional.empty());

    /** Lower-cases every part; a blank variant is none. */
    public Platform {
        os = part(os, "os");
        architecture = part(architecture, "architecture");
        variant = Objects.requireNonNull(variant, "variant")
                .filter(text -> !text.isBlank())
                .map(text -> part(text, "variant"));
    }

    /**
     * Reads {@code os/architecture} or {@code os/architecture/variant}.
     *
     * @throws IllegalArgumentException if the text has another shape
     */
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a platform: write os/architecture[/variant], such as linux/arm64/v8");
        }
        return new Platform(parts[0], parts[1], parts.length == 3 ? Optional.of(parts[2]) : Optional.empty());
    }

    /**
     * Returns the platform this process runs on, normalized.
     */
    public static Platform host() {
        String os = System.getProperty("os.name", "linux").toLowerCase(Locale.ROOT);
        String system = os.startsWith("linux") ? "linux" : os.startsWith("mac") ? "darwin" : os.replace(' ', '-');
        return new Platform(system, System.getProperty("os.arch", "amd64"), Optional.empty()).normalized();
    }

    /**
     * Returns this platform in its one usual spelling: {@code x86_64} is {@code amd64}, {@code aarch64} is
     * {@code arm64}, and the variants every such processor has ({@code amd64/v1}, {@code arm64/v8}) are left out.
     */
    public Platform normalized() {
        String name =
                switch (architecture) {
                    case "x86_64", "x86-64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> architecture;
                };
        String implied =
                switch (name) {
                    case "amd64" -> "v1";
                    case "arm64" -> "v8";
                    default -> "";
                };
        return new Platform(os, name, variant.filter(text -> !text.equals(implied)));
    }

    /** Returns {@code os/architecture[/variant]}, which {@link #parse} reads. */
    @Override
    public String toString() {
        return os + "/" + architecture + variant.map(text -> "/" + text).orElse("");
    }

    private static String part(String text, String name) {
        String part = text.strip().toLowerCase(Locale.ROOT);
        if (part.isEmpty() || !part.chars().allMatch(Platform::isNameCharacter)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not the " + name + " of a platform: use letters, digits, '.', '_' and '-'");
        }
        return part;
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    }
}
