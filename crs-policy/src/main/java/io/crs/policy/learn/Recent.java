package io.crs.policy.learn;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets what was put in longest ago. */
final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private final int limit;

    Recent(int limit) {
        this.limit = limit;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > limit;
    }
}
