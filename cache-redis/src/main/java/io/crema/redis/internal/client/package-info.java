/** Connections: made, lost and made again, without ever sending a command twice. */
@NullMarked
package io.crema.redis.internal.client;

import org.jspecify.annotations.NullMarked;
