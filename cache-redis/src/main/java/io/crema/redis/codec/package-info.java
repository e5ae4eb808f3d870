/** Codecs that turn cached values into the bytes kept in Redis, and back. */
@NullMarked
package io.crema.redis.codec;

import org.jspecify.annotations.NullMarked;
