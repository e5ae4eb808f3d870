/** The contracts of the test kit, kept by Redis. */
@NullMarked
package io.crema.redis.contract;

import org.jspecify.annotations.NullMarked;
