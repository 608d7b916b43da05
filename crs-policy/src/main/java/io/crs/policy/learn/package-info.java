/** Policies learnt from what a container did. */
package io.crs.policy.learn;
