import org.jspecify.annotations.NullMarked;

/**
 * The agents, bundled, and what this host can do.
 *
 * <p>Exports are listed one a line, in the order of the alphabet; a package is exported once it has a public type.
 */
@NullMarked
module io.crs.host {
    requires com.sun.jna;
    requires transitive io.crs.spi;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.crs.host;

    provides io.crs.agent.HookProvider with
            io.crs.host.BundledAgents;
}
