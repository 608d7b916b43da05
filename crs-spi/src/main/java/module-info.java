import org.jspecify.annotations.NullMarked;

/**
 * The vocabulary of CRS, and every seam a host can fill.
 *
 * <p>Exports are listed one a line, in the order of the alphabet; a package is exported once it has a public type.
 */
@NullMarked
@SuppressWarnings("module") // the modules that may see io.crs.file are compiled after this one
module io.crs.spi {
    requires com.fasterxml.jackson.databind;
    requires jdk.httpserver;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.crs.agent;
    exports io.crs.event;
    exports io.crs.file to
            io.crs.image,
            io.crs.policy;
    exports io.crs.secret;
    exports io.crs.store;
    exports io.crs.syscall;
    exports io.crs.transport;

    uses io.crs.agent.HookProvider;
}
