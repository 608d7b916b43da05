/** An image with the agent's layer added, and the way back. */
package io.crs.image.instrument;
