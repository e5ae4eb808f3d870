@NullMarked
package io.crema.internal.sync;

import org.jspecify.annotations.NullMarked;
