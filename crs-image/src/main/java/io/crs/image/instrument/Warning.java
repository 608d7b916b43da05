package io.crs.image.instrument;

/**
 * Something a person should know about an image that was made all the same.
 *
 * @param code a fixed word for programs, such as {@code platform-kept}
 * @param message a sentence for people
 */
public record Warning(String code, String message) {}
