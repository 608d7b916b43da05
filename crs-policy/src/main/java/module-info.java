import org.jspecify.annotations.NullMarked;

/**
 * Policies: their model and JSON form, the decision table made of them, analysis and learning.
 *
 * <p>Exports are listed one a line, in the order of the alphabet; a package is exported once it has a public type.
 */
@NullMarked
module io.crs.policy {
    requires com.fasterxml.jackson.databind;
    requires transitive io.crs.spi;
    requires static org.jspecify;

    exports io.crs.policy;
    exports io.crs.policy.analyze;
    exports io.crs.policy.compile;
    exports io.crs.policy.export;
    exports io.crs.policy.learn;
    exports io.crs.policy.limit;
    exports io.crs.policy.template;
}
