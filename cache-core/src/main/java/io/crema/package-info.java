/** The cache: what a service imports. */
@NullMarked
package io.crema;

import org.jspecify.annotations.NullMarked;
