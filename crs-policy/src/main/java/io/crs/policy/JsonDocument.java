package io.crs.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes whole JSON documents. What is read may come from anyone: a document is at most 64 MiB of UTF-8, a
 * text in it a million characters, its nesting 64 levels, and problems are counted but not kept beyond a thousand.
 */
final class JsonDocument {
    private static final int MAX_TEXT = 1_000_000;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_SYNTAX_MESSAGE = 200;
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_TEXT)
                    .maxNameLength(MAX_TEXT)
                    .maxNestingDepth(MAX_DEPTH)
                    .build())
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build();

    private JsonDocument() {}

    /** Tells that a document is longer than it may be. */
    private static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;

        TooLong(int most) {
            super("the document is longer than " + (most >> 20) + " MiB");
        }
    }

    /** Ends in {@link TooLong} behind so many bytes. */
    private static final class Bounded extends FilterInputStream {
        private final int most;
        private long left;

        Bounded(InputStream in, int most) {
            super(in);
            this.most = most;
            left = most;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        private void count(int read) throws IOException {
            left -= read;
            if (left < 0) {
                throw new TooLong(most);
            }
        }
    }

    /**
     * The value a document stands for; the stream is read to its end and left open.
     *
     * @throws IOException if the stream fails
     * @throws InvalidPolicyException if the document is not valid
     */
    static <T> T read(InputStream in, Codec<T> codec) throws IOException, InvalidPolicyException {
        return read(
                new InputStreamReader(
                        new Bounded(in, Policy.MAX_DOCUMENT),
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)),
                codec);
    }

    /**
     * The value a document stands for.
     *
     * @throws InvalidPolicyException if the document is not valid
     */
    static <T> T read(String document, Codec<T> codec) throws InvalidPolicyException {
        if (document.length() > Policy.MAX_DOCUMENT) {
            throw invalid("", String.valueOf(new TooLong(Policy.MAX_DOCUMENT).getMessage()));
        }
        try {
            return read(new StringReader(document), codec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T read(Reader source, Codec<T> codec) throws IOException, InvalidPolicyException {
        try (JsonParser parser = FACTORY.createParser(withoutMark(source))) {
            return read(parser, codec);
        } catch (CharacterCodingException e) {
            throw invalid("", "the document is not UTF-8");
        } catch (TooLong e) {
            throw invalid("", String.valueOf(e.getMessage()));
        }
    }

    private static <T> T read(JsonParser parser, Codec<T> codec) throws IOException, InvalidPolicyException {
        try {
            JsonCursor cursor = new JsonCursor(parser);
            if (parser.nextToken() == null) {
                throw invalid("", "the document is empty");
            }
            @Nullable T value = codec.read(cursor);
            if (parser.nextToken() != null) {
                throw invalid("", at(parser.currentLocation()) + "there is more behind the end of the document");
            }
            List<Problem> problems = cursor.problems();
            if (value == null || !problems.isEmpty()) {
                throw new InvalidPolicyException(problems);
            }
            return value;
        } catch (JsonProcessingException e) {
            JsonLocation location = e.getLocation();
            throw invalid("", at(location == null ? parser.currentLocation() : location) + syntax(e));
        }
    }

    private static Reader withoutMark(Reader source) throws IOException {
        BufferedReader reader = new BufferedReader(source);
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
        return reader;
    }

    private static InvalidPolicyException invalid(String pointer, String message) {
        return new InvalidPolicyException(List.of(new Problem(pointer, message)));
    }

    private static String at(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
    }

    /** The parser's words, without its own account of the place, in one line that is fit for a terminal. */
    private static String syntax(JsonProcessingException e) {
        String message = String.valueOf(e.getOriginalMessage())
                .replaceAll("(?s) *\\((start marker at|for \\w+ starting at) .*?\\]\\)", "")
                .replaceAll(" *\\(code [^()]*\\)", "")
                .replaceAll("(end-of-input)(?=\\w)", "$1: ")
                .replaceAll(": enable `[^`]*` to allow|, from `[^`]*`", "")
                .replaceAll("\\p{C}", "?");
        return message.length() > MAX_SYNTAX_MESSAGE ? message.substring(0, MAX_SYNTAX_MESSAGE) + "…" : message;
    }

    /** Something that writes JSON. */
    interface Writing {
        void to(JsonGenerator out) throws IOException;
    }

    /** A document of its own, indented, with a line feed at its end. */
    static String write(Writing writing) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withRootSeparator(null));
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        return write(printer, writing) + "\n";
    }

    /** One line, without a line feed. */
    static String writeLine(Writing writing) {
        return write(null, writing);
    }

    private static String write(@Nullable PrettyPrinter printer, Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            if (printer != null) {
                out.setPrettyPrinter(printer);
            }
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
