package io.crs.cli;

import io.crs.host.RunningCommand;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The signals this process is sent, handed on to a command.
 *
 * <p>{@code sun.misc.Signal} is the JDK's only way to catch one. It is called by name, since the compiler warns of every
 * use of it and the warning cannot be switched off.
 */
final class Signals {
    private static final int INTERRUPT = 2;
    private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", INTERRUPT, "TERM", 15);

    private final List<Integer> early = new ArrayList<>();
    private @Nullable RunningCommand command;

    private Signals() {}

    /** Catches them from now on; those that come before there is a command are kept for it. */
    static Signals caught() {
        Signals signals = new Signals();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            for (Map.Entry<String, Integer> each : NUMBERS.entrySet()) {
                signals.catchOne(signal, each.getKey(), each.getValue());
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this JDK has no sun.misc.Signal: the module jdk.unsupported is missing", e);
        }
        return signals;
    }

    private void catchOne(Class<?> signal, String name, int number) throws ReflectiveOperationException {
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object ours = Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        arrived(number);
                    }
                    return null;
                });
        Object one = signal.getConstructor(String.class).newInstance(name);
        Object before = signal.getMethod("handle", signal, handler).invoke(null, one, ours);
        if (handler.getField("SIG_IGN").get(null).equals(before)) {
            // Ignored when this process began, as nohup does it: it stays so, also for the command, which inherits it.
            signal.getMethod("handle", signal, handler).invoke(null, one, before);
        }
    }

    private synchronized void arrived(int number) {
        if (number == INTERRUPT && isForeground()) {
            return; // the terminal has sent it to the command as well
        }
        if (command == null) {
            early.add(number);
        } else {
            command.signal(number);
        }
    }

    /** Hands on what has come so far, and what will come. */
    synchronized void handTo(RunningCommand running) {
        command = running;
        early.forEach(running::signal);
    }

    /** Whether this process and the command are what the keyboard's signals go to. */
    private static boolean isForeground() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return !fields[4].equals("0") && fields[2].equals(fields[5]);
        } catch (IOException e) {
            return false;
        }
    }
}
