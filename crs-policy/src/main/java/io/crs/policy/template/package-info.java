/** Ready-made policies to start from. */
package io.crs.policy.template;
