package io.crs.transport;

import java.util.Map;

/** Why a request is not served, as its answer will say. */
final class HttpProblem extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, String> headers;

    HttpProblem(int status, String detail) {
        this(status, detail, Map.of());
    }

    HttpProblem(int status, String detail, Map<String, String> headers) {
        super(detail, null, false, false);
        this.status = status;
        this.headers = headers;
    }

    /** The request cannot be served now: it may come again after some seconds. */
    static HttpProblem later(String detail) {
        return new HttpProblem(503, detail, Map.of("Retry-After", "1"));
    }

    static HttpProblem unauthorized(String detail, String scheme) {
        return new HttpProblem(401, detail, Map.of("WWW-Authenticate", scheme));
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    String detail() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    String title() {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
