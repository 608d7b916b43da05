/** Credentials, and where they come from. */
package io.crs.secret;
