/** What happens in a cache, for those who listen. */
@NullMarked
package io.crema.event;

import org.jspecify.annotations.NullMarked;
