/** The decision table: a policy compiled to bytes an agent can follow. */
package io.crs.policy.compile;
