package io.crs.image.registry;

import io.crs.image.InvalidImageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;

/** Asks again where that may help: after a lost connection, a failure of the server, or when it says when to come again. */
final class Retry {
    private static final int TRIES = 4;
    private static final long FIRST_PAUSE = 250;
    private static final Set<Integer> PASSING = Set.of(408, 500, 502, 503, 504);
    private static final int TOO_MANY = 429;

    private final Call call;
    private final Duration longestWait;

    /** One try. */
    @FunctionalInterface
    interface Attempt {
        Answer run() throws IOException;
    }

    Retry(Call call, Duration longestWait) {
        this.call = call;
        this.longestWait = longestWait;
    }

    /** The last answer is returned whatever it is; the last failure is thrown. */
    Answer run(Attempt attempt) throws IOException {
        for (int tried = 1; ; tried++) {
            boolean last = tried == TRIES;
            try {
                Answer answer = attempt.run();
                boolean busy = answer.status() == TOO_MANY || answer.status() == 503;
                boolean again = answer.status() == TOO_MANY || (call.repeatable() && PASSING.contains(answer.status()));
                if (last || !again) {
                    return answer;
                }
                Optional<Duration> asked = busy ? answer.header("Retry-After").flatMap(Retry::wait) : Optional.empty();
                answer.close();
                pause(asked.isPresent() ? asked.get() : pauseAfter(tried), answer.status());
            } catch (ConnectException | HttpConnectTimeoutException e) {
                // Nothing was sent, so that anything may be sent again; one more try is enough for a host that is not
                // there.
                if (tried >= 2) {
                    throw e;
                }
                pause(pauseAfter(tried), 0);
            } catch (SocketTimeoutException e) {
                if (tried >= 2 || !call.repeatable()) {
                    throw e;
                }
            } catch (InterruptedIOException | RegistryException | InvalidImageException | SSLException e) {
                throw e;
            } catch (IOException e) {
                if (last || !call.repeatable()) {
                    throw e;
                }
                pause(pauseAfter(tried), 0);
            }
        }
    }

    /** Seconds, also with a fraction, or a date. */
    static Optional<Duration> wait(String header) {
        try {
            double seconds = Double.parseDouble(header);
            return Optional.of(Duration.ofMillis((long) (Math.max(0, Math.min(seconds, 1e9)) * 1000)));
        } catch (NumberFormatException e) {
            try {
                Duration wait = Duration.between(
                        Instant.now(), ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME));
                return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
            } catch (DateTimeException | ArithmeticException notADate) {
                return Optional.empty();
            }
        }
    }

    private static Duration pauseAfter(int tried) {
        long most = FIRST_PAUSE << tried;
        return Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextLong(most / 2));
    }

    private void pause(Duration time, int status) throws IOException {
        if (time.compareTo(longestWait) > 0) {
            throw new RegistryException(
                    call.what() + ": the registry has too much to do and asks to come again in " + time.toSeconds()
                            + " seconds, at " + Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS)
                            + "; " + longestWait.toSeconds() + " is the longest that is waited",
                    status);
        }
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(call.what() + ": interrupted");
        }
    }
}
