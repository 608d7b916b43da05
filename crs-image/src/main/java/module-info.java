import org.jspecify.annotations.NullMarked;

/**
 * Container images: reading, inspecting, adding the agent's layer, writing.
 *
 * <p>Exports are listed one a line, in the order of the alphabet; a package is exported once it has a public type.
 */
@NullMarked
module io.crs.image {
    requires aircompressor;
    requires com.fasterxml.jackson.core;
    requires transitive io.crs.spi;
    requires java.net.http;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.crs.image;
    exports io.crs.image.inspect;
    exports io.crs.image.instrument;
    exports io.crs.image.location;
    exports io.crs.image.registry;
}
