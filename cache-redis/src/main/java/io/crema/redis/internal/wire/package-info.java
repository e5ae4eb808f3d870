/** Every byte that goes to Redis: names of keys and channels, records, messages. docs/wire-format.md describes them. */
@NullMarked
package io.crema.redis.internal.wire;

import org.jspecify.annotations.NullMarked;
