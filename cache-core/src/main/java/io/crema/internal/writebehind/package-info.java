/** Writes that reach the origin later: what a partition has still to write, and the instance that writes it. */
@NullMarked
package io.crema.internal.writebehind;

import org.jspecify.annotations.NullMarked;
