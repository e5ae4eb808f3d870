package io.crema;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A write that was given up, because the writer failed too often. The origin may have what was to be written, or not; the
 * cache has dropped it.
 *
 * @param key the key
 * @param value the value; null = the key was to be deleted, or the value cannot be read here, as the reason says then
 * @param writeId as {@link WriteContext#writeId()}; names the dead letter together with the key
 * @param attempts how often it, or what it stands for, was tried by the instance that gave it up
 * @param age how long ago it was given up
 * @param reason the last failure, for people
 */
public record DeadLetter<K, V>(K key, @Nullable V value, long writeId, int attempts, Duration age, String reason) {}
