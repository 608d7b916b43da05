package io.crs.image.registry;

import io.crs.image.Descriptor;
import io.crs.image.InvalidImageException;
import io.crs.image.MediaType;
import io.crs.image.MissingBlobException;
import io.crs.image.format.BlockInput;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A blob as it comes, asked for again from where it broke off. */
final class BlobInput extends BlockInput {
    private static final int TRIES_WITHOUT_A_BYTE = 3;
    private static final int MOST_TRIES = 50;
    private static final long TOLD_BYTES = 1 << 20;

    private final Repository repository;
    private final Descriptor descriptor;
    private final Consumer<Transfer> listener;
    private @Nullable Answer answer;
    private long position;
    private long told;
    private int fruitless;
    private int tries;

    BlobInput(Repository repository, Descriptor descriptor) throws IOException {
        this.repository = repository;
        this.descriptor = descriptor;
        this.listener = repository.client().access().listener;
        answer = request();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            try {
                Answer from = answer == null ? request() : answer;
                answer = from;
                int read = from.body().read(bytes, offset, length);
                if (read < 0 && position < descriptor.size()) {
                    throw new IOException("the answer ended early");
                }
                advance(read);
                return read;
            } catch (InvalidImageException e) {
                throw e;
            } catch (IOException e) {
                again(e);
            }
        }
    }

    private void advance(int read) {
        if (read > 0) {
            position += read;
            fruitless = 0;
        }
        if (position - told >= TOLD_BYTES || (read < 0 && told < position)) {
            told = position;
            listener.accept(new Transfer(
                    Transfer.Direction.DOWNLOAD,
                    descriptor.digest(),
                    Math.min(position, descriptor.size()),
                    descriptor.size()));
        }
    }

    private void again(IOException e) throws IOException {
        if (Thread.currentThread().isInterrupted()
                || e instanceof RegistryException
                || ++fruitless >= TRIES_WITHOUT_A_BYTE
                || ++tries >= MOST_TRIES) {
            throw e instanceof RegistryException
                    ? e
                    : new RegistryException(
                            repository.what(descriptor.digest().toString()) + ": broke off after " + position + " of "
                                    + descriptor.size() + " bytes: " + e.getMessage(),
                            e);
        }
        close();
    }

    private Answer request() throws IOException {
        Answer opened = position == 0 ? first() : repository.openBlob(descriptor, position);
        long sent = opened.length().orElse(-1);
        if (position == 0 && sent >= 0 && sent != descriptor.size()) {
            opened.close();
            throw new InvalidImageException(
                    "blob " + repository.what(descriptor.digest().toString()) + " has " + sent
                            + " bytes in the registry, its descriptor says " + descriptor.size());
        }
        if (position > 0 && !continues(opened)) {
            // A registry that knows no ranges sends all once more.
            opened.body().skipNBytes(position);
        }
        return opened;
    }

    private boolean continues(Answer opened) throws IOException {
        if (opened.status() != 206) {
            return false;
        }
        String range = opened.header("Content-Range").orElse("").toLowerCase(Locale.ROOT);
        if (!range.startsWith("bytes " + position + "-")) {
            opened.close();
            throw new RegistryException(
                    repository.what(descriptor.digest().toString())
                            + ": the registry sent another range than was asked",
                    206);
        }
        return true;
    }

    /** A layer that must not be given away lies elsewhere, if it is not in the registry all the same. */
    private Answer first() throws IOException {
        try {
            return repository.openBlob(descriptor, 0);
        } catch (MissingBlobException e) {
            if (MediaType.isForeignLayer(descriptor.mediaType())) {
                for (String address : descriptor.urls()) {
                    Answer other = repository.openElsewhere(descriptor, address);
                    if (other.isSuccess()) {
                        return other;
                    }
                    other.close();
                }
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        Answer open = answer;
        answer = null;
        if (open != null) {
            open.close();
        }
    }
}
