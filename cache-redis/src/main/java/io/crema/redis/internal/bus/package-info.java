/** Invalidations over pub/sub. */
@NullMarked
package io.crema.redis.internal.bus;

import org.jspecify.annotations.NullMarked;
