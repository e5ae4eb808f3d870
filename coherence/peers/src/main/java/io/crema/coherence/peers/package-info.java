/** Other caches under the faults of {@link io.crema.coherence}. */
@NullMarked
package io.crema.coherence.peers;

import org.jspecify.annotations.NullMarked;
