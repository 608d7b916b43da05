/** What goes into an image, per platform. */
package io.crs.agent;
