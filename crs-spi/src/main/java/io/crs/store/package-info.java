/** Where events are kept and asked for: stores, queries, profiles of what a container did. */
package io.crs.store;
