import org.jspecify.annotations.NullMarked;

/**
 * The engine: ties policy, image, agent and events together.
 *
 * <p>Exports are listed one a line, in the order of the alphabet; a package is exported once it has a public type.
 */
@NullMarked
module io.crs.core {
    requires transitive io.crs.image;
    requires transitive io.crs.policy;
    requires transitive io.crs.spi;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.crs.engine;
}
