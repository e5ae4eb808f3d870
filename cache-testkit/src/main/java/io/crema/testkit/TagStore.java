package io.crema.testkit;

import io.crema.spi.TagVersion;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** The tags of a cache on the server in memory. Guarded by the server's lock. Times in milliseconds of its clock. */
final class TagStore {

    /** How long a version is kept for which nobody said so. */
    private static final long LEAST_MILLIS = 60_000;

    private final LongSupplier tokens;
    private final Map<String, StoredTag> versions = new HashMap<>();

    private record StoredTag(TagVersion version, long keepUntil) {}

    TagStore(LongSupplier tokens) {
        this.tokens = tokens;
    }

    TagStore copy() {
        TagStore copy = new TagStore(tokens);
        copy.versions.putAll(versions);
        return copy;
    }

    /** The version of a tag; a new one if there is none, or one below the floor. */
    TagVersion version(String tag, long clock, long floor, long keepMillis, long nowMillis) {
        StoredTag found = versions.get(tag);
        if (found != null && nowMillis < found.keepUntil && found.version.stamp() >= floor) {
            versions.put(tag, new StoredTag(found.version, Math.max(found.keepUntil, nowMillis + keepMillis)));
            return found.version;
        }
        TagVersion version = new TagVersion(tag, clock, tokens.getAsLong());
        versions.put(tag, new StoredTag(version, nowMillis + keepMillis));
        return version;
    }

    /** Gives a tag a version that is kept at least as long as the one before. */
    void renew(String tag, long stamp, long token, long nowMillis) {
        StoredTag found = versions.get(tag);
        long keepUntil = Math.max(nowMillis + LEAST_MILLIS, found == null ? 0 : found.keepUntil);
        versions.put(tag, new StoredTag(new TagVersion(tag, stamp, token), keepUntil));
    }

    void lose(String tag) {
        versions.remove(tag);
    }
}
