/** What tests reach of the engine that users do not. */
@NullMarked
package io.crema.internal.engine;

import org.jspecify.annotations.NullMarked;
