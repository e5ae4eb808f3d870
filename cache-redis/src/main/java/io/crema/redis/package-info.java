/** The remote tier on Redis over Lettuce. */
@NullMarked
package io.crema.redis;

import org.jspecify.annotations.NullMarked;
