@NullMarked
package io.crema.internal.entry;

import org.jspecify.annotations.NullMarked;
