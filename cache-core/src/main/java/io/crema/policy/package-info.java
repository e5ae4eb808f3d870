/** Immutable policies of a cache, validated when built. */
@NullMarked
package io.crema.policy;

import org.jspecify.annotations.NullMarked;
