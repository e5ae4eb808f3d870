/** What an adapter implements: a remote tier, an invalidation bus, codecs, a source of time. */
@NullMarked
package io.crema.spi;

import org.jspecify.annotations.NullMarked;
