/** The query language over events and inventory. */
package io.crs.query;
