@NullMarked
package io.crema.internal.engine;

import org.jspecify.annotations.NullMarked;
