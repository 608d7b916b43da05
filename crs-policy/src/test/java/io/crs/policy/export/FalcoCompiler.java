package io.crs.policy.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Falco's condition language, as its page on condition syntax has it: not binds before and, and before or; a comparison of a
 * field that the event does not have is false.
 */
final class FalcoCompiler {
    private static final Pattern TOKEN = Pattern.compile("\\s*('[^']*'|[(),]|>=|<=|!=|=|[^\\s(),'=<>!]+)");

    /** The fields of an event. */
    interface Event extends Function<String, Optional<String>> {}

    private final Map<String, Predicate<Event>> macros;
    private final List<String> tokens = new ArrayList<>();
    private int at;

    private FalcoCompiler(String condition, Map<String, Predicate<Event>> macros) {
        this.macros = macros;
        Matcher matcher = TOKEN.matcher(condition);
        int end = 0;
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            end = matcher.end();
            matcher.region(end, condition.length());
        }
        if (!condition.substring(end).isBlank()) {
            throw new AssertionError("no condition from " + end + ": " + condition);
        }
    }

    static Predicate<Event> compile(String condition, Map<String, Predicate<Event>> macros) {
        FalcoCompiler compiler = new FalcoCompiler(condition, macros);
        Predicate<Event> all = compiler.or();
        if (compiler.at != compiler.tokens.size()) {
            throw new AssertionError("something behind the condition: " + condition);
        }
        return all;
    }

    private boolean take(String token) {
        boolean there = at < tokens.size() && tokens.get(at).equals(token);
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String token) {
        if (!take(token)) {
            throw new AssertionError(token + " is missing at " + at + " of " + tokens);
        }
    }

    private Predicate<Event> or() {
        Predicate<Event> all = and();
        while (take("or")) {
            all = all.or(and());
        }
        return all;
    }

    private Predicate<Event> and() {
        Predicate<Event> all = not();
        while (take("and")) {
            all = all.and(not());
        }
        return all;
    }

    private Predicate<Event> not() {
        if (take("not")) {
            return not().negate();
        }
        if (take("(")) {
            Predicate<Event> inner = or();
            expect(")");
            return inner;
        }
        String word = tokens.get(at++);
        if (!word.contains(".")) {
            Predicate<Event> macro = macros.get(word);
            if (macro == null) {
                throw new AssertionError(word + " is no macro that is there before");
            }
            return macro;
        }
        return comparison(word);
    }

    private Predicate<Event> comparison(String field) {
        String operator = tokens.get(at++);
        if (operator.equals("exists")) {
            return event -> event.apply(field).isPresent();
        }
        List<String> values = new ArrayList<>();
        if (operator.equals("in")) {
            expect("(");
            do {
                values.add(value());
            } while (take(","));
            expect(")");
        } else {
            values.add(value());
        }
        return event -> event.apply(field)
                .filter(text -> values.stream().anyMatch(value -> compare(field, operator, text, value)))
                .isPresent();
    }

    private String value() {
        String token = tokens.get(at++);
        if (token.matches("[(),]|and|or|not")) {
            throw new AssertionError("a value is missing at " + at + " of " + tokens);
        }
        return token.startsWith("'") ? token.substring(1, token.length() - 1) : token;
    }

    private static boolean compare(String field, String operator, String text, String value) {
        return switch (operator) {
            case "=", "in" -> field.endsWith("net") ? FalcoSimulator.isIn(value, text) : text.equals(value);
            case "!=" -> !text.equals(value);
            case "startswith" -> text.startsWith(value);
            case "glob" -> glob(value).matcher(FalcoSimulator.bytes(text)).matches();
            case ">=" -> Long.parseLong(text) >= Long.parseLong(value);
            case "<=" -> Long.parseLong(text) <= Long.parseLong(value);
            default -> throw new AssertionError(operator);
        };
    }

    /** fnmatch(3) as Falco calls it: * and ? match a slash, and see bytes. */
    private static Pattern glob(String value) {
        StringBuilder regex = new StringBuilder();
        String bytes = FalcoSimulator.bytes(value);
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                case '[', '\\', '(' -> throw new AssertionError(value);
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
