/** What an image has in it, as far as it decides whether an agent can live there. */
package io.crs.image.inspect;
