@NullMarked
package io.crema.internal.time;

import org.jspecify.annotations.NullMarked;
