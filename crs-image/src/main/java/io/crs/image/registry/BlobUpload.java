package io.crs.image.registry;

import io.crs.image.Blob;
import io.crs.image.Descriptor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One blob on its way into a repository: at once by PUT; where that breaks off, in pieces by PATCH, which go on where the
 * registry says they ended.
 */
final class BlobUpload {
    private static final int SESSIONS = 3;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final long PIECE = 16L << 20;
    private static final long MOST_PIECE = 1L << 30;

    private final Repository repository;
    private final Blob blob;
    private final Descriptor descriptor;
    private final Optional<String> from;
    private final Scope scope;
    private final String what;
    private final Consumer<Transfer> listener;

    BlobUpload(Repository repository, Blob blob, Optional<String> from, Scope scope) {
        this.repository = repository;
        this.blob = blob;
        this.descriptor = blob.descriptor();
        this.from = from;
        this.scope = scope;
        this.what = repository.what(descriptor.digest().toString());
        this.listener = repository.client().access().listener;
    }

    /** Where a session goes on, and the least that a piece must have. */
    private record Session(URI place, long leastPiece) {}

    /** Sends the blob, unless it is there or can be had within the registry. */
    void run() throws IOException {
        Optional<Session> mounting = from.isPresent() ? begin(from) : Optional.empty();
        if ((from.isPresent() && mounting.isEmpty()) || repository.has(descriptor, scope)) {
            tell(Transfer.Direction.THERE, descriptor.size());
            return;
        }
        Session session =
                mounting.isPresent() ? mounting.get() : begin(Optional.empty()).orElseThrow();
        Optional<RegistryException> failure = whole(session);
        for (int i = 1; failure.isPresent(); i++) {
            // The answer may be all that was lost.
            if (repository.has(descriptor, scope)) {
                return;
            }
            if (i == SESSIONS) {
                throw failure.get();
            }
            failure = pieces(begin(Optional.empty()).orElseThrow());
        }
    }

    /** Begins a session; none if the registry took the blob from the other repository. */
    private Optional<Session> begin(Optional<String> other) throws IOException {
        String query = other.map(name -> "?mount=" + descriptor.digest() + "&from=" + name)
                .orElse("");
        Call call = Call.of("POST", repository.path("blobs", "uploads") + "/" + query, scope, what)
                .asRepeatable();
        try (Answer answer = client().success(call)) {
            if (answer.status() == CREATED && other.isPresent()) {
                return Optional.empty();
            }
            if (answer.status() != ACCEPTED && answer.status() != CREATED) {
                throw client().refused(call, answer);
            }
            return Optional.of(session(answer));
        }
    }

    private Session session(Answer answer) throws RegistryException {
        String location = answer.header("Location")
                .orElseThrow(() ->
                        new RegistryException(what + ": the registry names no place for the upload", answer.status()));
        long least = answer.header("OCI-Chunk-Min-Length")
                .filter(text -> text.matches("[0-9]{1,10}"))
                .map(Long::valueOf)
                .orElse(0L);
        return new Session(client().resolve(answer, location, "upload"), Math.min(least, MOST_PIECE));
    }

    /** The usual way. A failure that another way could mend is returned. */
    private Optional<RegistryException> whole(Session session) throws IOException {
        Call call = Call.of("PUT", finished(session.place()), scope, what)
                .with("Content-Type", "application/octet-stream")
                .with(body(0, descriptor.size()));
        return attempt(call);
    }

    private Optional<RegistryException> attempt(Call call) throws IOException {
        try (Answer answer = client().call(call)) {
            if (answer.isSuccess()) {
                return Optional.empty();
            }
            RegistryException refused = client().refused(call, answer);
            if (answer.status() < 500
                    && answer.status() != 404
                    && answer.status() != 413
                    && answer.status() != RANGE_NOT_SATISFIABLE) {
                throw refused;
            }
            return Optional.of(refused);
        } catch (RegistryException e) {
            if (e.status().isPresent()) {
                throw e;
            }
            return Optional.of(e); // no answer at all
        }
    }

    private Optional<RegistryException> pieces(Session begun) throws IOException {
        Session session = begun;
        long offset = 0;
        int stalled = 0;
        while (offset < descriptor.size()) {
            long piece = Math.min(Math.max(PIECE, session.leastPiece()), descriptor.size() - offset);
            Call call = Call.of("PATCH", session.place().toString(), scope, what)
                    .with("Content-Type", "application/octet-stream")
                    .with("Content-Range", offset + "-" + (offset + piece - 1))
                    .with(body(offset, piece));
            long before = offset;
            try (Answer answer = client().call(call)) {
                if (answer.isSuccess()) {
                    session = new Session(session(answer).place(), session.leastPiece());
                    offset = end(answer).orElse(offset + piece);
                } else if (answer.status() != RANGE_NOT_SATISFIABLE && answer.status() < 500) {
                    throw client().refused(call, answer);
                } else {
                    offset = asked(session).orElse(offset);
                }
            } catch (RegistryException e) {
                if (e.status().isPresent()) {
                    throw e;
                }
                offset = asked(session).orElse(offset);
            }
            stalled = offset > before ? 0 : stalled + 1;
            if (stalled >= SESSIONS || offset > descriptor.size()) {
                return Optional.of(new RegistryException(what + ": the upload does not get on", 0));
            }
        }
        return attempt(Call.of("PUT", finished(session.place()), scope, what));
    }

    /** How much of a session is there; none if the registry does not say. */
    private Optional<Long> asked(Session session) throws IOException {
        try (Answer answer = client().call(Call.get(session.place().toString(), scope, what))) {
            return answer.isSuccess() ? end(answer) : Optional.empty();
        }
    }

    /** {@code Range: 0-99} says that 100 bytes are there; a registry with none says {@code 0-0} too, or nothing. */
    private static Optional<Long> end(Answer answer) {
        return answer.header("Range")
                .map(text -> text.replaceFirst("^bytes=", ""))
                .filter(text -> text.matches("0-[0-9]{1,18}"))
                .map(text -> Long.parseLong(text.substring(2)))
                .map(last -> last == 0 ? 0 : last + 1);
    }

    /** The registry's own parameters stay: they are the session. */
    private String finished(URI place) {
        String text = place.toString();
        return text + (place.getRawQuery() == null ? "?" : "&") + "digest="
                + descriptor.digest().toString().replace(":", "%3A");
    }

    private Call.Body body(long offset, long length) {
        return new Call.Body(length, () -> {
            try {
                InputStream in = blob.open();
                in.skipNBytes(offset);
                return new Told(offset + length == descriptor.size() ? in : new Slice(in, length), offset);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void tell(Transfer.Direction direction, long bytes) {
        listener.accept(new Transfer(direction, descriptor.digest(), bytes, descriptor.size()));
    }

    private RegistryClient client() {
        return repository.client();
    }

    /** Tells how many bytes have gone. */
    private final class Told extends FilterInputStream {
        private long position;

        Told(InputStream in, long offset) {
            super(in);
            position = offset;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            if (read > 0) {
                position += read;
                tell(Transfer.Direction.UPLOAD, position);
            }
            return read;
        }
    }

    /** Ends after some bytes. */
    private static final class Slice extends FilterInputStream {
        private long left;

        Slice(InputStream in, long length) {
            super(in);
            left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = left == 0 ? -1 : super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }
    }
}
