/** What stands between a cached method and its cache. */
@NullMarked
package io.crema.spring.internal;

import org.jspecify.annotations.NullMarked;
