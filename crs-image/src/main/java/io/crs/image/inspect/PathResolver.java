package io.crs.image.inspect;

import io.crs.image.inspect.FileTree.Lookup;
import io.crs.image.inspect.Node.Kind;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds what paths lead to, as the kernel does for a process whose root is the image's. */
final class PathResolver {
    private static final int MOST_HOPS = 40;
    private static final int MOST_MISSED = 1_000;

    private final Node root;
    private final Set<String> missed = Collections.synchronizedSet(new LinkedHashSet<>());

    PathResolver(Node root) {
        this.root = root;
    }

    /** Looks a path up from a folder. */
    Lookup find(Node from, String path) {
        Deque<String> todo = new ArrayDeque<>();
        push(todo, path);
        Node at = path.startsWith("/") ? root : from;
        int hops = 0;
        while (!todo.isEmpty()) {
            String part = todo.pop();
            if (part.equals("..")) {
                at = at.parent == null ? at : at.parent;
                continue;
            }
            Node next = at.child(part);
            if (next == null) {
                miss(at, part, todo);
                return new Lookup(Optional.empty(), false);
            }
            if (next.kind == Kind.SYMBOLIC_LINK) {
                if (++hops > MOST_HOPS) {
                    return new Lookup(Optional.empty(), true);
                }
                push(todo, next.link);
                at = next.link.startsWith("/") ? root : at;
            } else {
                at = next;
            }
        }
        return new Lookup(Optional.of(at), false);
    }

    /** Returns the paths that led to nothing. */
    List<String> missed() {
        return List.copyOf(missed);
    }

    private void miss(Node folder, String part, Deque<String> rest) {
        if (missed.size() < MOST_MISSED) {
            String path = folder == root ? "/" + part : folder.rawPath() + "/" + part;
            missed.add(rest.isEmpty() ? path : path + "/" + String.join("/", rest));
        }
    }

    private static void push(Deque<String> todo, String path) {
        String[] parts = path.split("/", -1);
        for (int i = parts.length - 1; i >= 0; i--) {
            if (!parts[i].isEmpty() && !parts[i].equals(".")) {
                todo.push(parts[i]);
            }
        }
    }
}
