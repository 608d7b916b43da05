/** Questions about policies: lint, difference, explanation, replay. */
package io.crs.policy.analyze;
