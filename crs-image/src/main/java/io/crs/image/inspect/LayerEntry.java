package io.crs.image.inspect;

import io.crs.image.format.TarEntry;
import java.util.Optional;

/**
 * One entry of a layer, as far as the merged view needs it.
 *
 * @param header the entry's header; of a file that is not of interest only name, kind and mode hold
 * @param facts what the file says, if that matters
 * @param digest the SHA-256 of a program in hexadecimal, where that was wanted; else empty
 * @param learned whether this is no entry, but what a hard link before it turned out to say
 */
record LayerEntry(TarEntry header, Optional<Facts> facts, String digest, boolean learned) {}
