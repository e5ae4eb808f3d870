@NullMarked
package io.crema.internal.near;

import org.jspecify.annotations.NullMarked;
