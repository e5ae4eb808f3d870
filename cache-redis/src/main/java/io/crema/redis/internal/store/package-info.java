/** The remote cache: reads in batches, writes by scripts. */
@NullMarked
package io.crema.redis.internal.store;

import org.jspecify.annotations.NullMarked;
