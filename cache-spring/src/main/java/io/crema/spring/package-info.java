/** Spring's cache abstraction over Crema. */
@NullMarked
package io.crema.spring;

import org.jspecify.annotations.NullMarked;
