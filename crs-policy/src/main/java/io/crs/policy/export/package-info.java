/** Policies written in the language of other enforcement systems. */
package io.crs.policy.export;
