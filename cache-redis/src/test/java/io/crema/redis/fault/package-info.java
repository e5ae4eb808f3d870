/** Whole caches, several instances of each, over real servers that fail. */
@NullMarked
package io.crema.redis.fault;

import org.jspecify.annotations.NullMarked;
