/** The package databases of rpm, in all three of its formats: read without rpm, without SQLite and without Berkeley DB. */
package io.crs.image.rpm;
