package io.crs.cli;

import io.crs.image.InvalidImageException;
import io.crs.image.registry.RegistryException;
import io.crs.policy.Problem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every way a command can fail into a message on standard error and an exit code. */
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final Terminal terminal;
    private final CrsCommand root;
    private boolean outputLost;

    ErrorReport(Terminal terminal, CrsCommand root) {
        this.terminal = terminal;
        this.root = root;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        terminal.say(usage(e));
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            if (!near.isEmpty()) {
                terminal.say("did you mean " + String.join(" or ", near) + "?");
            }
        }
        terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        trace(e);
        return ExitCode.INVALID;
    }

    private static String usage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        return e instanceof UnmatchedArgumentException unmatched
                        && !unmatched.isUnknownOption()
                        && !command.getSubcommands().isEmpty()
                ? command.getCommandSpec().qualifiedName() + " has no command \""
                        + unmatched.getUnmatched().get(0) + "\""
                : message(e);
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) throws IOException {
        trace(e);
        if (e instanceof Refusal refusal) {
            return refuse(refusal);
        }
        if (e instanceof InvalidImageException || e instanceof InvalidPathException) {
            terminal.say(message(e));
            return ExitCode.INVALID;
        }
        if (e instanceof IOException io) {
            return failed(io);
        }
        terminal.say("an error of the program itself: " + e + (root.debug() ? "" : "; --debug shows where"));
        return ExitCode.FAILED;
    }

    private int refuse(Refusal refusal) throws IOException {
        terminal.say(message(refusal));
        for (Problem problem : refusal.problems()) {
            terminal.err().println("  " + problem);
        }
        for (String reason : refusal.reasons()) {
            terminal.err().println("  " + reason);
        }
        if (root.json() && !refusal.reasons().isEmpty()) {
            terminal.print(Json.line(Json.object("reasons", refusal.reasons())));
        }
        if (root.json() && refusal.exitCode() == ExitCode.INVALID) {
            terminal.print(problems(
                    refusal.problems().isEmpty() ? List.of(new Problem("", message(refusal))) : refusal.problems()));
        }
        return refusal.exitCode();
    }

    /** The JSON form of problems. */
    static String problems(List<Problem> problems) {
        return Json.line(Map.of(
                "problems",
                problems.stream()
                        .map(problem -> Json.object("pointer", problem.pointer(), "message", problem.message()))
                        .toList()));
    }

    /** Whether it was reported already that standard output takes no more. */
    boolean outputLost() {
        return outputLost;
    }

    /** Reports that something outside failed. */
    int failed(IOException e) {
        outputLost = e instanceof OutputLost;
        if (!(e instanceof OutputLost lost && lost.readerIsGone())) {
            terminal.say(describe(e));
        }
        return ExitCode.FAILED;
    }

    /** What the JDK leaves out of the messages of file errors. */
    private static String describe(IOException e) {
        String message = message(e);
        if (e instanceof RegistryException && e.getCause() instanceof SSLException) {
            return message + " (--cert-dir, --plain-http)";
        }
        if (!(e instanceof FileSystemException file) || file.getReason() != null) {
            return message;
        }
        if (e instanceof NoSuchFileException) {
            return message + ": no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return message + ": permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return message + ": exists already";
        }
        return e instanceof NotDirectoryException ? message + ": not a folder" : message;
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private void trace(Exception e) {
        if (root.debug()) {
            e.printStackTrace(terminal.err());
        }
    }
}
