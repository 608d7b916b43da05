/** The numbers of a policy that a container should not exceed, watched on what is observed of it. */
package io.crs.policy.limit;
