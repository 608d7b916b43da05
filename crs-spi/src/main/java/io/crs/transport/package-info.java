/** The way events take from an agent to the host. */
package io.crs.transport;
