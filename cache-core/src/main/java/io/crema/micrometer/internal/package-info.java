@NullMarked
package io.crema.micrometer.internal;

import org.jspecify.annotations.NullMarked;
