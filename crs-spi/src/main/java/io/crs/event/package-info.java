/** Security events: their schema and its JSON form. */
package io.crs.event;
